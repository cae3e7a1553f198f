package domain

import "time"

// SurveySent: the customer was asked what they think of an interaction.
type SurveySent struct {
	Circumstances
	Survey string `json:"survey"`
	Chosen string `json:"chosen,omitempty"` // how: all random rule
}

// SurveyAnswered is their answer. Which interaction: Circumstances.Interaction.
type SurveyAnswered struct {
	Circumstances
	Survey string   `json:"survey,omitempty"`
	Scale  string   `json:"scale"` // nps csat ces
	Score  *float64 `json:"score,omitempty"`
	Words  string   `json:"words,omitempty"` // words
}

// ComplaintFiled is a formal complaint.
type ComplaintFiled struct {
	Circumstances
	Complaint string     `json:"complaint"`
	Level     string     `json:"level,omitempty"` // service consumer_department mediator authority
	Text      string     `json:"text,omitempty"`  // words
	Due       *time.Time `json:"due,omitempty"`
}

// ComplaintAnswered answers it.
type ComplaintAnswered struct {
	Circumstances
	Complaint string `json:"complaint"`
	Text      string `json:"text,omitempty"` // words
}

// ContestOpened contests a quality figure.
type ContestOpened struct {
	Circumstances
	Period string `json:"period"`
	Figure string `json:"figure"`
	Why    string `json:"why,omitempty"` // words
}

// ContestSettled settles it.
type ContestSettled struct {
	Circumstances
	Period  string `json:"period"`
	Figure  string `json:"figure"`
	Outcome string `json:"outcome"`       // upheld dismissed
	Why     string `json:"why,omitempty"` // words
}
