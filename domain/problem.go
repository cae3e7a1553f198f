package domain

// ProblemDescribed is the problem as it was told.
type ProblemDescribed struct {
	Circumstances
	Words    string   `json:"words,omitempty"` // words: the customer's own
	Symptoms []string `json:"symptoms,omitempty"`
	How      string   `json:"how,omitempty"` // first restated confirmed copied
	By       string   `json:"by,omitempty"`  // customer agent …
}

// ProblemRecoded corrects a problem's reason by hand.
type ProblemRecoded struct {
	Circumstances
	ProblemID string `json:"problem_id"` // the id of any event in it, as tellonce gives it
	Reason    string `json:"reason"`
	Why       string `json:"why,omitempty"` // words
}

// ProblemJoined makes one problem of several by hand.
type ProblemJoined struct {
	Circumstances
	ProblemIDs []string `json:"problem_ids"`
	Why        string   `json:"why,omitempty"` // words
}

// ProblemSplit takes events out of a problem by hand, into one of their own.
type ProblemSplit struct {
	Circumstances
	ProblemID string     `json:"problem_id"`
	Events    []EventRef `json:"events"`
	Why       string     `json:"why,omitempty"` // words
}

// ProblemLinked links a problem to an outage.
type ProblemLinked struct {
	Circumstances
	ProblemID string `json:"problem_id,omitempty"` // else the problem that the event belongs to
	Outage    string `json:"outage"`
}

// StepTried is a troubleshooting step and what came of it.
type StepTried struct {
	Circumstances
	Step    string `json:"step"`            // a code of the catalogue, or "<vendor>:<code>"
	Label   string `json:"label,omitempty"` // words: as the tool shows it
	Outcome string `json:"outcome"`         // worked failed inconclusive refused pending
	By      string `json:"by,omitempty"`    // agent customer technician automation
}

// StepConcluded completes a step that was pending.
type StepConcluded struct {
	Circumstances
	Step    string    `json:"step"`
	Outcome string    `json:"outcome"` // worked failed inconclusive refused
	By      string    `json:"by,omitempty"`
	Tried   *EventRef `json:"tried,omitempty"` // which step.tried; else the last pending one of that code
}

// EquipmentChanged makes a remedy worth trying again.
type EquipmentChanged struct {
	Circumstances
	Equipment string `json:"equipment"` // box ont modem sim handset …
	Change    string `json:"change,omitempty"`
	From      string `json:"from,omitempty"` // model
	To        string `json:"to,omitempty"`   // model
}

// LineMeasured makes a remedy worth trying again.
type LineMeasured struct {
	Circumstances
	Measure string   `json:"measure"`
	Value   *float64 `json:"value,omitempty"`
	Unit    string   `json:"unit,omitempty"`
	Verdict string   `json:"verdict,omitempty"` // good bad unknown
}

// AnswerGiven is what the customer was told.
type AnswerGiven struct {
	Circumstances
	Text    string `json:"text,omitempty"` // words
	Article string `json:"article,omitempty"`
}

// NoteAdded is a note by who handled it.
type NoteAdded struct {
	Circumstances
	Text    string `json:"text,omitempty"` // words
	Article string `json:"article,omitempty"`
}
