package schema

// checkText bounds a document before anything parses it: its bytes, its tokens, the
// length of its names and how many brackets are open at once. It reads tokens as
// GraphQL's lexical grammar does (October 2021, section 2.1) up to the first one
// that is none, where the parser stops too.
func checkText(text string, limits *Limits) *Refusal {
	if len(text) > limits.Document {
		return refuse(CodeDocumentTooLong, "the document has %d bytes, at most %d are taken: ask for less at a time", len(text), limits.Document)
	}
	tokens, open := 0, 0
	for at := skipIgnored(text, 0); at < len(text); at = skipIgnored(text, at) {
		tokens++
		if tokens > limits.Tokens {
			return refuse(CodeTooManyTokens, "the document has more than %d tokens: ask for less at a time", limits.Tokens)
		}
		switch c := text[at]; {
		case c == '{' || c == '[' || c == '(':
			open++
			if open > limits.Brackets {
				return refuse(CodeTooManyBrackets, "more than %d brackets are open at once: nest less deeply", limits.Brackets)
			}
			at++
		case c == '}' || c == ']' || c == ')':
			open = max(open-1, 0)
			at++
		case c == '"':
			at = stringEnd(text, at)
		case isNamePart(c):
			end := at + 1
			for end < len(text) && isNamePart(text[end]) {
				end++
			}
			if end-at > limits.Name {
				return refuse(CodeNameTooLong, "a name or number has %d characters, at most %d are taken", end-at, limits.Name)
			}
			if text[at:end] == "null" {
				return refuse(CodeNullLiteral, "the literal null is not taken in a document: leave the argument out, or pass null in a variable")
			}
			at = end
		default:
			at++
		}
	}
	return nil
}

// skipIgnored is where the first token at or after at begins: past blanks, commas,
// a byte order mark and comments.
func skipIgnored(text string, at int) int {
	for at < len(text) {
		switch c := text[at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',':
			at++
		case c == 0xEF && at+2 < len(text) && text[at+1] == 0xBB && text[at+2] == 0xBF:
			at += 3
		case c == '#':
			for at < len(text) && (text[at] >= ' ' || text[at] == '\t') {
				at++
			}
		default:
			return at
		}
	}
	return at
}

// stringEnd is the end of the string or block string that begins at at. A string
// that its line ends without a quote is no token: the parser refuses it there.
func stringEnd(text string, at int) int {
	if len(text) >= at+3 && text[at:at+3] == `"""` {
		return blockStringEnd(text, at+3)
	}
	for at++; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		case '\n', '\r':
			return at
		}
	}
	return len(text)
}

func blockStringEnd(text string, at int) int {
	for ; at < len(text); at++ {
		switch {
		case text[at] == '\\' && len(text) >= at+4 && text[at+1:at+4] == `"""`:
			at += 3
		case text[at] == '"' && len(text) >= at+3 && text[at:at+3] == `"""`:
			return at + 3
		}
	}
	return len(text)
}

func isNamePart(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
