package lang

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

type language uint8

const (
	french language = iota
	english
	portuguese
	spanish
	arabic
	count
)

// languages is a set of them.
type languages uint8

var tags = [count]string{"fr", "en", "pt", "es", "ar"}

const (
	// enough is what the best must have: one word that only its language has.
	enough = 12
	// ahead is how many times over the next best it must have it, in quarters.
	ahead = 5
	// read is how many bytes of a text are looked at.
	read = 2000
)

// Detect gives the BCP 47 tag of the language a text is written in: fr, en, pt, es
// or ar. It is false where the text is too short, or of two minds, to tell.
func Detect(text string) (tag string, ok bool) {
	var s scores
	word := make([]byte, 0, 32)
	for i, r := range text {
		if i >= read {
			break
		}
		if unicode.IsLetter(r) {
			s.letter(r)
			word = utf8.AppendRune(word, fold(unicode.ToLower(r)))
			continue
		}
		s.word(word, r == '\'' || r == '’')
		word = word[:0]
		if r == '¿' || r == '¡' {
			s[spanish] += enough
		}
	}
	s.word(word, false)
	return s.best()
}

// scores is how much speaks for each language, in twelfths of a word.
type scores [count]int

// letter counts a letter that few of the languages have.
func (s *scores) letter(r rune) {
	switch unicode.ToLower(r) {
	case 'ã', 'õ':
		s[portuguese] += 12
	case 'ñ':
		s[spanish] += 12
	case 'è', 'ù', 'û', 'î', 'ï', 'ë', 'œ':
		s[french] += 12
	case 'ê', 'â', 'ô', 'à', 'ç':
		s[french] += 3
		s[portuguese] += 3
	case 'í', 'ó', 'ú', 'á':
		s[portuguese] += 3
		s[spanish] += 3
	case 'é':
		s[french] += 3
		s[portuguese]++
		s[spanish]++
	default:
		if unicode.Is(unicode.Arabic, r) {
			s[arabic] += 3
		}
	}
}

// word counts a word; elided, what stood before an apostrophe.
func (s *scores) word(word []byte, elided bool) {
	if len(word) == 0 {
		return
	}
	if of, ok := told[string(word)]; ok {
		share := 12 / bits.OnesCount8(uint8(of))
		for l := range count {
			if of&(1<<l) != 0 {
				s[l] += share
			}
		}
	} else if len(word) > 5 {
		for i := range endings {
			if strings.HasSuffix(string(word), endings[i].end) {
				s[endings[i].of] += 6
				break
			}
		}
	}
	if elided && len(word) == 1 && strings.IndexByte("ldnjcmts", word[0]) >= 0 {
		s[french] += 6
	}
}

func (s *scores) best() (string, bool) {
	best, next := french, -1
	for l := range count {
		if s[l] > s[best] {
			best = l
		}
	}
	for l := range count {
		if l != best {
			next = max(next, s[l])
		}
	}
	if s[best] < enough || 4*s[best] < ahead*next {
		return "", false
	}
	return tags[best], true
}

// fold takes the accent off a small letter.
func fold(r rune) rune {
	switch r {
	case 'à', 'á', 'â', 'ã', 'ä':
		return 'a'
	case 'ç':
		return 'c'
	case 'è', 'é', 'ê', 'ë':
		return 'e'
	case 'ì', 'í', 'î', 'ï':
		return 'i'
	case 'ñ':
		return 'n'
	case 'ò', 'ó', 'ô', 'õ', 'ö':
		return 'o'
	case 'ù', 'ú', 'û', 'ü':
		return 'u'
	default:
		return r
	}
}
