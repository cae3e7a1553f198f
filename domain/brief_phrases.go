package domain

import "strings"

// phrases are the sentences of a brief in one language. What stands in braces is
// filled in. They speak of the call, not of the caller, so that they need no gender.
type phrases struct {
	lang string

	known          map[Kind]string   // what was asked by
	level          map[string]string // how far the caller was verified; {party}
	party          map[string]string
	verifiedBefore string // {when}
	probably       string // {reason}
	nth            string // {nth} {when}
	closedOn       string // {when}
	others         plural
	nothingOpen    string // {when}
	firstContact   string
	unnamed        string // a problem whose reason nobody gave
	quoted         string // {words}
	sayFirst       string // {promise}
	doNotRedo      string // {steps}
	doNotAsk       string
	doNeither      string // {steps}
	failedTimes    string // {step} {n}
	propose        string // {steps}
	then           string

	what          map[string]string // what was promised
	the           map[string]string // the same, in a sentence
	of            string            // {amount}
	unkept        string            // {what} {when}
	unkeptUndated string            // {what}
	claimed       string            // {what} {when}

	sayContacts plural // {reason}
	sayBare     plural // where there is no reason that a customer would know
	saySorry    string // {what} {when}
	sayUndated  string // {what}
	sayNoRedo   string // {step}

	justNow, yesterday    string
	minutes, hours, days  string // {n} ago
	onDay                 string // {date}, of something that was
	today, dayBefore, at  string // {date} {time}: of something that was due
	dueOn                 string // {date}
	date, datedYear       string // {day} {month} {year}
	months, monthsInShort [12]string
	first                 string // the first of a month
	clock, fullHour       string // {h} {m}
	decimalComma          bool
	euros                 string // {amount}
	ordinal               func(n int) string
}

// plural is a phrase for one and one for several; {n}.
type plural struct{ one, many string }

// phrasesIn are those of the language; its region does not matter. English stands in.
func phrasesIn(lang string) *phrases {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if base == french.lang {
		return &french
	}
	return &english
}

var french = phrases{
	lang: "fr",
	known: map[Kind]string{
		Account: "contrat reconnu", Line: "ligne reconnue", Email: "adresse e-mail reconnue",
		Phone: "numéro reconnu", Device: "équipement reconnu",
	},
	level: map[string]string{
		"strong":    "identité prouvée{party}",
		"knowledge": "identité vérifiée par questions{party}",
		"number":    "identité à vérifier",
		"none":      "identité à vérifier",
	},
	party: map[string]string{
		"holder": " (titulaire)", "user": " (utilise la ligne)", "authorised": " (personne autorisée)", "other": " (tierce personne)",
	},
	verifiedBefore: "identité à vérifier (vérifiée {when})",
	probably:       "Sans doute\u00a0: {reason}",
	nth:            "{nth} contact, dernier {when}",
	closedOn:       "clos {when}",
	others:         plural{"{n} autre ouvert", "{n} autres ouverts"},
	nothingOpen:    "Rien d’ouvert · dernier contact {when}",
	firstContact:   "Premier contact connu\u00a0: rien d’enregistré avant",
	unnamed:        "motif non précisé",
	quoted:         "«\u00a0{words}\u00a0»",
	sayFirst:       "Dire d’abord\u00a0: {promise}",
	doNotRedo:      "Ne pas refaire\u00a0: {steps}",
	doNotAsk:       "Déjà raconté\u00a0: ne pas faire répéter",
	doNeither:      "Déjà raconté\u00a0; ne pas refaire\u00a0: {steps}",
	failedTimes:    "{step} ({n}\u00a0fois)",
	propose:        "Proposer\u00a0: {steps}",
	then:           ", puis ",

	what: map[string]string{
		"callback": "rappel", "credit": "avoir", "refund": "remboursement", "replacement": "remplacement",
		"visit": "passage d’un technicien", "other": "engagement", //nolint:misspell // French
	},
	the: map[string]string{
		"callback": "le rappel", "credit": "l’avoir", "refund": "le remboursement", "replacement": "le remplacement",
		"visit": "le passage du technicien", "other": "l’engagement", //nolint:misspell // French
	},
	of:            "de {amount}",
	unkept:        "{what} promis pour {when}, non tenu",
	unkeptUndated: "{what} promis, non tenu",
	claimed:       "{what} attendu pour {when} d’après un appel, à vérifier",

	sayContacts: plural{
		"Bonjour, je vois votre contact précédent ({reason})\u00a0: inutile de tout réexpliquer.",
		"Bonjour, je vois vos {n} contacts précédents ({reason})\u00a0: inutile de tout réexpliquer.",
	},
	sayBare: plural{
		"Bonjour, je vois votre contact précédent\u00a0: inutile de tout réexpliquer.",
		"Bonjour, je vois vos {n} contacts précédents\u00a0: inutile de tout réexpliquer.",
	},
	saySorry:   "{what} promis pour {when} n’a pas été honoré\u00a0: nous vous prions de nous en excuser.",
	sayUndated: "{what} promis n’a pas été honoré\u00a0: nous vous prions de nous en excuser.",
	sayNoRedo:  "Nous ne referons pas ce qui n’a pas marché\u00a0: {step}.",

	justNow: "à l’instant", yesterday: "hier",
	minutes: "il y a {n}\u00a0min", hours: "il y a {n}\u00a0h", days: "il y a {n} jours",
	onDay: "le {date}", dueOn: "le {date}",
	today: "aujourd’hui", dayBefore: "hier", at: "{date} à {time}",
	date: "{day} {month}", datedYear: "{day} {month} {year}",
	months:        [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	monthsInShort: [12]string{"janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."},
	first:         "1er",
	clock:         "{h}\u00a0h\u00a0{m}", fullHour: "{h}\u00a0h",
	decimalComma: true,
	euros:        "{amount}\u00a0€",
	ordinal: func(n int) string {
		if n == 1 {
			return "1er"
		}
		return itoa(n) + "e"
	},
}

var english = phrases{
	lang: "en",
	known: map[Kind]string{
		Account: "known account", Line: "known line", Email: "known e-mail address", Phone: "known number", Device: "known device",
	},
	level: map[string]string{
		"strong":    "identity proved{party}",
		"knowledge": "identity verified by questions{party}",
		"number":    "identity to be verified",
		"none":      "identity to be verified",
	},
	party: map[string]string{
		"holder": " (holder)", "user": " (user of the line)", "authorised": " (authorised)", "other": " (third party)",
	},
	verifiedBefore: "identity to be verified (verified {when})",
	probably:       "Probably: {reason}",
	nth:            "{nth} contact, last {when}",
	closedOn:       "closed {when}",
	others:         plural{"{n} other open", "{n} others open"},
	nothingOpen:    "Nothing open · last contact {when}",
	firstContact:   "First known contact: nothing on record before",
	unnamed:        "reason not stated",
	quoted:         "“{words}”",
	sayFirst:       "Say first: {promise}",
	doNotRedo:      "Do not redo: {steps}",
	doNotAsk:       "Already told: do not ask for it again",
	doNeither:      "Already told; do not redo: {steps}",
	failedTimes:    "{step} ({n} times)",
	propose:        "Propose: {steps}",
	then:           ", then ",

	what: map[string]string{
		"callback": "callback", "credit": "credit", "refund": "refund", "replacement": "replacement",
		"visit": "technician’s visit", "other": "commitment",
	},
	the: map[string]string{
		"callback": "the callback", "credit": "the credit", "refund": "the refund", "replacement": "the replacement",
		"visit": "the technician’s visit", "other": "what was",
	},
	of:            "of {amount}",
	unkept:        "{what} promised for {when}, not kept",
	unkeptUndated: "{what} promised, not kept",
	claimed:       "{what} expected for {when} according to a call, to be checked",

	sayContacts: plural{
		"Hello, I can see your earlier contact ({reason}): no need to explain it all again.",
		"Hello, I can see your {n} earlier contacts ({reason}): no need to explain it all again.",
	},
	sayBare: plural{
		"Hello, I can see your earlier contact: no need to explain it all again.",
		"Hello, I can see your {n} earlier contacts: no need to explain it all again.",
	},
	saySorry:   "{what} promised for {when} did not come: we are sorry.",
	sayUndated: "{what} promised did not come: we are sorry.",
	sayNoRedo:  "We will not redo what did not work: {step}.",

	justNow: "just now", yesterday: "yesterday",
	minutes: "{n} min ago", hours: "{n} h ago", days: "{n} days ago",
	onDay: "on {date}", dueOn: "{date}",
	today: "today", dayBefore: "yesterday", at: "{date} at {time}",
	date: "{day} {month}", datedYear: "{day} {month} {year}",
	months:        [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	monthsInShort: [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	first:         "1",
	clock:         "{h}:{m}", fullHour: "{h}:00",
	euros: "€{amount}",
	ordinal: func(n int) string {
		switch {
		case n%100 >= 11 && n%100 <= 13:
			return itoa(n) + "th"
		case n%10 == 1:
			return itoa(n) + "st"
		case n%10 == 2:
			return itoa(n) + "nd"
		case n%10 == 3:
			return itoa(n) + "rd"
		default:
			return itoa(n) + "th"
		}
	},
}
