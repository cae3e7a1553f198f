package schema

import "time"

// Limits bound what one request may ask for. What passes them is refused with what
// was asked, what is allowed, and what to do. The zero value of a field stands for
// the default.
type Limits struct {
	Body       int64         // bytes of a request's body; 128 KiB
	Document   int           // bytes of a document; 32 KiB
	Tokens     int           // tokens of a document; 2,000
	Name       int           // bytes of one name in a document; 128
	Brackets   int           // brackets of any kind open at once in a document; 24
	Depth      int           // fields below one another, fragments expanded; 20
	Aliases    int           // aliases of an operation, fragments expanded; 50
	RootFields int           // fields of an operation's root, fragments expanded; 10
	Selections int           // fields and spreads of all operations, fragments expanded; 600
	Repeated   int           // the same answer's name within one selection, fragments expanded; 10
	Cost       int           // rows and fields that an operation may read; 25,000
	Variables  int           // brackets open at once in variables; 8
	Time       time.Duration // from the first byte to the answer; 5 s
	Wait       time.Duration // for the read models to pass Tellonce-After, within Time; 2 s
	Cache      int           // bytes of validated documents that are kept; 1 MiB
}

func (l Limits) withDefaults() Limits {
	for _, limit := range []struct {
		at  *int
		std int
	}{
		{&l.Document, 32 << 10},
		{&l.Tokens, 2000},
		{&l.Name, 128},
		{&l.Brackets, 24},
		{&l.Depth, 20},
		{&l.Aliases, 50},
		{&l.RootFields, 10},
		{&l.Selections, 600},
		{&l.Repeated, 10},
		{&l.Cost, 25_000},
		{&l.Variables, 8},
		{&l.Cache, 1 << 20},
	} {
		if *limit.at == 0 {
			*limit.at = limit.std
		}
	}
	if l.Body == 0 {
		l.Body = 128 << 10
	}
	if l.Time == 0 {
		l.Time = 5 * time.Second
	}
	if l.Wait == 0 {
		l.Wait = 2 * time.Second
	}
	return l
}
