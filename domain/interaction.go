package domain

// InteractionStarted opens an interaction: a call, a chat, a visit to a shop.
type InteractionStarted struct {
	Circumstances
	Direction      string      `json:"direction,omitempty"` // inbound outbound
	Queue          string      `json:"queue,omitempty"`
	NumberDialled  string      `json:"number_dialled,omitempty"`
	CallingNetwork string      `json:"calling_network,omitempty"`
	Continues      *SubjectRef `json:"continues,omitempty"`
}

// InteractionOffered: it rang at an agent's place.
type InteractionOffered struct {
	Circumstances
	Outcome string `json:"outcome"` // accepted refused timed_out
}

// Waits are seconds that the customer waited, by where.
type Waits struct {
	IVR   float64 `json:"ivr,omitempty"`
	Queue float64 `json:"queue,omitempty"`
	Ring  float64 `json:"ring,omitempty"`
}

// Total is the whole wait in seconds; 0 for nil.
func (w *Waits) Total() float64 {
	if w == nil {
		return 0
	}
	return w.IVR + w.Queue + w.Ring
}

// InteractionAnswered: somebody took it.
type InteractionAnswered struct {
	Circumstances
	Waited *Waits `json:"waited,omitempty"`
}

// InteractionTransferred: it was handed on.
type InteractionTransferred struct {
	Circumstances
	ToVendor string `json:"to_vendor,omitempty"`
	Queue    string `json:"queue,omitempty"`
	Why      string `json:"why,omitempty"` // words
}

// InteractionEnded: the conversation is over, or never was.
type InteractionEnded struct {
	Circumstances
	End         string   `json:"end"` // completed abandoned deflected contained cut transferred
	TalkSeconds *float64 `json:"talk_seconds,omitempty"`
	HoldSeconds *float64 `json:"hold_seconds,omitempty"`
	Waited      *Waits   `json:"waited,omitempty"` // where it was never answered
}

// InteractionWrapped is what was noted of it afterwards.
type InteractionWrapped struct {
	Circumstances
	Disposition string   `json:"disposition,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	WrapSeconds *float64 `json:"wrap_seconds,omitempty"`
	Resolution  string   `json:"resolution,omitempty"` // resolved unresolved pending
	SaidBy      string   `json:"said_by,omitempty"`    // agent customer system
}

// CallerVerified is how far the caller proved who they are.
type CallerVerified struct {
	Circumstances
	Method string `json:"method,omitempty"`
	Level  string `json:"level"`           // none number knowledge strong
	Party  string `json:"party,omitempty"` // holder user authorised other
}

// MessageExchanged is a message to or from the customer.
type MessageExchanged struct {
	Circumstances
	Direction string `json:"direction"`      // inbound outbound
	Text      string `json:"text,omitempty"` // words
}

// SelfcareVisited is a page or tool that the customer used alone.
type SelfcareVisited struct {
	Circumstances
	Page   string `json:"page,omitempty"`
	Tool   string `json:"tool,omitempty"`
	Result string `json:"result,omitempty"`
}
