package projections

import (
	"time"

	"github.com/tellonce/tellonce/domain"
)

// The tables of the fold of problems.
var (
	ProblemTable = Table[ProblemRow]{
		Name: "problem",
		Key:  []Column[ProblemRow]{Col("problem", "int8", func(r *ProblemRow) int64 { return r.Problem })},
		Values: []Column[ProblemRow]{
			Col("whole", "int8", func(r *ProblemRow) int64 { return r.Whole }),
			Col("status", "text", func(r *ProblemRow) string { return r.Status }),
			Col("reason", "text", func(r *ProblemRow) *string { return r.Reason }),
			Col("first_reason", "text", func(r *ProblemRow) *string { return r.FirstReason }),
			Col("asset", "uuid", func(r *ProblemRow) *domain.PersonID { return r.Asset }),
			Col("asset_kind", "text", func(r *ProblemRow) *string { return r.AssetKind }),
			Col("touched", "timestamptz", func(r *ProblemRow) time.Time { return r.Touched }),
			Col("contacts", "int8", func(r *ProblemRow) int64 { return r.Contacts }),
			Col("last_contact", "timestamptz", func(r *ProblemRow) *time.Time { return r.LastContact }),
			Col("reopenings", "int8", func(r *ProblemRow) int64 { return r.Reopenings }),
			Col("joined_by", "text", func(r *ProblemRow) string { return r.JoinedBy }),
			Col("words_person", "uuid", func(r *ProblemRow) *domain.PersonID { return r.WordsPerson }),
			Col("words_event", "uuid", func(r *ProblemRow) *domain.EventID { return r.WordsEvent }),
		},
	}
	ProblemOpeningTable = Table[ProblemOpeningRow]{
		Name: "problem_opening",
		Key:  []Column[ProblemOpeningRow]{Col("problem", "int8", func(r *ProblemOpeningRow) int64 { return r.Problem })},
		Values: []Column[ProblemOpeningRow]{
			Col("event", "uuid", func(r *ProblemOpeningRow) domain.EventID { return r.Event }),
			Col("person", "uuid", func(r *ProblemOpeningRow) domain.PersonID { return r.Person }),
			Col("opened", "timestamptz", func(r *ProblemOpeningRow) time.Time { return r.Opened }),
		},
	}
	ProblemEventTable = Table[ProblemEventRow]{
		Name: "problem_event",
		Key:  []Column[ProblemEventRow]{Col("event", "uuid", func(r *ProblemEventRow) domain.EventID { return r.Event })},
		Values: []Column[ProblemEventRow]{
			Col("person", "uuid", func(r *ProblemEventRow) domain.PersonID { return r.Person }),
			Col("at", "timestamptz", func(r *ProblemEventRow) time.Time { return r.At }),
			Col("problem", "int8", func(r *ProblemEventRow) *int64 { return r.Problem }),
			Col("interaction", "uuid", func(r *ProblemEventRow) *domain.PersonID { return r.Interaction }),
			Col("channel", "text", func(r *ProblemEventRow) *string { return r.Channel }),
			Col("joined_by", "text", func(r *ProblemEventRow) *string { return r.JoinedBy }),
		},
	}
	FirstNamedTable = Table[FirstNamedRow]{
		Name:   "first_named",
		Key:    []Column[FirstNamedRow]{Col("interaction", "uuid", func(r *FirstNamedRow) domain.PersonID { return r.Interaction })},
		Values: []Column[FirstNamedRow]{Col("problem", "int8", func(r *FirstNamedRow) int64 { return r.Problem })},
	}
	TicketTable = Table[TicketRow]{
		Name: "ticket",
		Key: []Column[TicketRow]{
			Col("space", "text", func(r *TicketRow) string { return r.Space }),
			Col("number", "text", func(r *TicketRow) string { return r.Number }),
		},
		Values: []Column[TicketRow]{
			Col("problem", "int8", func(r *TicketRow) int64 { return r.Problem }),
			Col("status", "text", func(r *TicketRow) string { return r.Status }),
			Col("touched", "timestamptz", func(r *TicketRow) time.Time { return r.Touched }),
			Col("joined_by", "text", func(r *TicketRow) string { return r.JoinedBy }),
		},
	}
	ContactTable = Table[ContactRow]{
		Name: "contact",
		Key: []Column[ContactRow]{
			Col("interaction", "uuid", func(r *ContactRow) domain.PersonID { return r.Interaction }),
			Col("word", "text", func(r *ContactRow) string { return r.Word }),
		},
		Values: []Column[ContactRow]{
			Col("event", "uuid", func(r *ContactRow) domain.EventID { return r.Event }),
			Col("person", "uuid", func(r *ContactRow) domain.PersonID { return r.Person }),
			Col("at", "timestamptz", func(r *ContactRow) time.Time { return r.At }),
			Col("vendor", "text", func(r *ContactRow) string { return r.Vendor }),
			Col("site", "text", func(r *ContactRow) *string { return r.Site }),
			Col("channel", "text", func(r *ContactRow) *string { return r.Channel }),
			Col("direction", "text", func(r *ContactRow) *string { return r.Direction }),
			Col("queue", "text", func(r *ContactRow) *string { return r.Queue }),
			Col("number_dialled", "text", func(r *ContactRow) *string { return r.NumberDialled }),
			Col("calling_network", "text", func(r *ContactRow) *string { return r.CallingNetwork }),
			Col("ivr_wait", "float8", func(r *ContactRow) *float64 { return r.IVRWait }),
			Col("queue_wait", "float8", func(r *ContactRow) *float64 { return r.QueueWait }),
			Col("ring_wait", "float8", func(r *ContactRow) *float64 { return r.RingWait }),
			Col("talk", "float8", func(r *ContactRow) *float64 { return r.Talk }),
			Col("hold", "float8", func(r *ContactRow) *float64 { return r.Hold }),
			Col("wrap", "float8", func(r *ContactRow) *float64 { return r.Wrap }),
			Col("ended_as", "text", func(r *ContactRow) *string { return r.EndedAs }),
			Col("disposition", "text", func(r *ContactRow) *string { return r.Disposition }),
			Col("reason", "text", func(r *ContactRow) *string { return r.Reason }),
			Col("resolution", "text", func(r *ContactRow) *string { return r.Resolution }),
			Col("said_by", "text", func(r *ContactRow) *string { return r.SaidBy }),
			Col("level", "text", func(r *ContactRow) *string { return r.Level }),
			Col("party", "text", func(r *ContactRow) *string { return r.Party }),
		},
	}
	StepTable = Table[StepRow]{
		Name: "step",
		Key: []Column[StepRow]{
			Col("step", "uuid", func(r *StepRow) domain.EventID { return r.Step }),
			Col("word", "text", func(r *StepRow) string { return r.Word }),
		},
		Values: []Column[StepRow]{
			Col("event", "uuid", func(r *StepRow) domain.EventID { return r.Event }),
			Col("person", "uuid", func(r *StepRow) domain.PersonID { return r.Person }),
			Col("at", "timestamptz", func(r *StepRow) time.Time { return r.At }),
			Col("problem", "int8", func(r *StepRow) *int64 { return r.Problem }),
			Col("interaction", "uuid", func(r *StepRow) *domain.PersonID { return r.Interaction }),
			Col("code", "text", func(r *StepRow) string { return r.Code }),
			Col("outcome", "text", func(r *StepRow) string { return r.Outcome }),
			Col("by", "text", func(r *StepRow) *string { return r.By }),
		},
	}
	ResetTable = Table[ResetRow]{
		Name: "reset",
		Key:  []Column[ResetRow]{Col("event", "uuid", func(r *ResetRow) domain.EventID { return r.Event })},
		Values: []Column[ResetRow]{
			Col("at", "timestamptz", func(r *ResetRow) time.Time { return r.At }),
			Col("problem", "int8", func(r *ResetRow) *int64 { return r.Problem }),
			Col("interaction", "uuid", func(r *ResetRow) *domain.PersonID { return r.Interaction }),
			Col("what", "text", func(r *ResetRow) string { return r.What }),
		},
	}
	AnswerTable = Table[AnswerRow]{
		Name: "answer",
		Key:  []Column[AnswerRow]{Col("event", "uuid", func(r *AnswerRow) domain.EventID { return r.Event })},
		Values: []Column[AnswerRow]{
			Col("person", "uuid", func(r *AnswerRow) domain.PersonID { return r.Person }),
			Col("at", "timestamptz", func(r *AnswerRow) time.Time { return r.At }),
			Col("problem", "int8", func(r *AnswerRow) *int64 { return r.Problem }),
			Col("interaction", "uuid", func(r *AnswerRow) *domain.PersonID { return r.Interaction }),
			Col("article", "text", func(r *AnswerRow) *string { return r.Article }),
			Col("has_words", "bool", func(r *AnswerRow) bool { return r.HasWords }),
		},
	}
	PromiseTable = Table[PromiseRow]{
		Name: "promise",
		Key: []Column[PromiseRow]{
			Col("vendor", "text", func(r *PromiseRow) string { return r.Vendor }),
			Col("promise", "text", func(r *PromiseRow) string { return r.Promise }),
			Col("word", "text", func(r *PromiseRow) string { return r.Word }),
		},
		Values: []Column[PromiseRow]{
			Col("event", "uuid", func(r *PromiseRow) domain.EventID { return r.Event }),
			Col("person", "uuid", func(r *PromiseRow) domain.PersonID { return r.Person }),
			Col("at", "timestamptz", func(r *PromiseRow) time.Time { return r.At }),
			Col("problem", "int8", func(r *PromiseRow) *int64 { return r.Problem }),
			Col("interaction", "uuid", func(r *PromiseRow) *domain.PersonID { return r.Interaction }),
			Col("what", "text", func(r *PromiseRow) *string { return r.What }),
			Col("amount", "text", func(r *PromiseRow) *string { return r.Amount }),
			Col("currency", "text", func(r *PromiseRow) *string { return r.Currency }),
			Col("due", "timestamptz", func(r *PromiseRow) *time.Time { return r.Due }),
			Col("made_by", "text", func(r *PromiseRow) *string { return r.MadeBy }),
			Col("owed_by", "text", func(r *PromiseRow) *string { return r.OwedBy }),
			Col("proof", "uuid", func(r *PromiseRow) *domain.EventID { return r.Proof }),
			Col("has_words", "bool", func(r *PromiseRow) bool { return r.HasWords }),
		},
	}
	IdentifierTable = Table[IdentifierRow]{
		Name: "identifier",
		Key:  []Column[IdentifierRow]{Col("identifier", "uuid", func(r *IdentifierRow) domain.PersonID { return r.Identifier })},
		Values: []Column[IdentifierRow]{
			Col("kind", "text", func(r *IdentifierRow) string { return r.Kind }),
			Col("event", "uuid", func(r *IdentifierRow) domain.EventID { return r.Event }),
			Col("person", "uuid", func(r *IdentifierRow) domain.PersonID { return r.Person }),
			Col("at", "timestamptz", func(r *IdentifierRow) time.Time { return r.At }),
		},
	}
)
