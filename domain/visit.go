package domain

import "time"

// Window is when somebody has to be there.
type Window struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// AppointmentBooked is a visit agreed with the customer.
type AppointmentBooked struct {
	Circumstances
	ID         string   `json:"id"`
	WorkOrder  string   `json:"work_order,omitempty"`
	Windows    []Window `json:"windows"`
	OrderGiver string   `json:"order_giver,omitempty"`
	Contractor string   `json:"contractor,omitempty"`
	Place      string   `json:"place,omitempty"` // place
}

// AppointmentRescheduled moves it.
type AppointmentRescheduled struct {
	Circumstances
	ID      string   `json:"id"`
	Windows []Window `json:"windows"`
	By      string   `json:"by,omitempty"`
}

// AppointmentCancelled calls it off.
type AppointmentCancelled struct {
	Circumstances
	ID            string   `json:"id"`
	By            string   `json:"by,omitempty"`
	NoticeSeconds *float64 `json:"notice_seconds,omitempty"`
}

// AppointmentAsked: the customer was asked how the visit went.
type AppointmentAsked struct {
	Circumstances
	ID string `json:"id"`
}

// Evidence supports a report: a photograph, a call, a position.
type Evidence struct {
	Kind string `json:"kind"`
	Ref  string `json:"ref,omitempty"` // identifier
}

// AppointmentReported is one side's word on a visit.
type AppointmentReported struct {
	Circumstances
	ID        string     `json:"id"`
	By        string     `json:"by"`                 // technician customer dispatcher device
	Presence  string     `json:"presence,omitempty"` // both_present customer_absent technician_absent unknown
	Work      string     `json:"work,omitempty"`     // done partly not_done
	Obstacle  string     `json:"obstacle,omitempty"`
	ArrivedAt *time.Time `json:"arrived_at,omitempty"`
	Evidence  []Evidence `json:"evidence,omitempty"`
}

// DisputeOpened: two words differ.
type DisputeOpened struct {
	Circumstances
	Appointment string     `json:"appointment"`
	Reports     []EventRef `json:"reports,omitempty"`
}

// DisputeSettled says for whom, on what ground.
type DisputeSettled struct {
	Circumstances
	Appointment  string `json:"appointment"`
	For          string `json:"for"`              // customer contractor neither
	Ground       string `json:"ground,omitempty"` // words
	Compensation *Money `json:"compensation,omitempty"`
}
