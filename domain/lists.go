package domain

// The words of the closed lists: members of an event that take one of a few values,
// which the schemas refuse anything else for, so that folds may compare them. Lists
// that a vendor may add to (statuses, methods, dispositions…) have none.

// Channels of a contact (Circumstances.Channel).
const (
	ChannelPhone  = "phone"
	ChannelChat   = "chat"
	ChannelEmail  = "email"
	ChannelSMS    = "sms"
	ChannelSocial = "social"
	ChannelWeb    = "web"
	ChannelApp    = "app"
	ChannelShop   = "shop"
	ChannelVisit  = "visit"
	ChannelLetter = "letter"
)

// Directions, of interactions and messages: inbound is from the customer.
const (
	Inbound  = "inbound"
	Outbound = "outbound"
)

// Outcomes of an InteractionOffered.
const (
	OfferAccepted = "accepted"
	OfferRefused  = "refused"
	OfferTimedOut = "timed_out"
)

// Ends of an interaction.
const (
	EndCompleted   = "completed"
	EndAbandoned   = "abandoned"
	EndDeflected   = "deflected"
	EndContained   = "contained"
	EndCut         = "cut"
	EndTransferred = "transferred"
)

// Resolutions of an InteractionWrapped.
const (
	Resolved          = "resolved"
	Unresolved        = "unresolved"
	ResolutionPending = "pending"
)

// Whose word a resolution is (InteractionWrapped.SaidBy).
const (
	SaidByAgent    = "agent"
	SaidByCustomer = "customer"
	SaidBySystem   = "system"
)

// Levels to which a caller is verified, the weakest first.
const (
	LevelNone      = "none"
	LevelNumber    = "number"
	LevelKnowledge = "knowledge"
	LevelStrong    = "strong"
)

// What a caller is to the contract (CallerVerified.Party).
const (
	PartyHolder     = "holder"
	PartyUser       = "user"
	PartyAuthorised = "authorised"
	PartyOther      = "other"
)

// How a problem came to be described.
const (
	HowFirst     = "first"
	HowRestated  = "restated"
	HowConfirmed = "confirmed"
	HowCopied    = "copied"
)

// Outcomes of a step. A StepConcluded is never pending.
const (
	StepWorked       = "worked"
	StepFailed       = "failed"
	StepInconclusive = "inconclusive"
	StepRefused      = "refused"
	StepPending      = "pending"
)

// Who did a step.
const (
	ByAgent      = "agent"
	ByCustomer   = "customer"
	ByTechnician = "technician"
	ByAutomation = "automation"
)

// Verdicts of a LineMeasured.
const (
	VerdictGood    = "good"
	VerdictBad     = "bad"
	VerdictUnknown = "unknown"
)

// What is promised.
const (
	PromiseCallback    = "callback"
	PromiseCredit      = "credit"
	PromiseRefund      = "refund"
	PromiseReplacement = "replacement"
	PromiseVisit       = "visit"
	PromiseOther       = "other"
)

// Whose word an AppointmentReported is.
const (
	ReportedByTechnician = "technician"
	ReportedByCustomer   = "customer"
	ReportedByDispatcher = "dispatcher"
	ReportedByDevice     = "device"
)

// Who was there (AppointmentReported.Presence).
const (
	PresenceBoth             = "both_present"
	PresenceCustomerAbsent   = "customer_absent"
	PresenceTechnicianAbsent = "technician_absent"
	PresenceUnknown          = "unknown"
)

// What was done at a visit (AppointmentReported.Work).
const (
	WorkDone    = "done"
	WorkPartly  = "partly"
	WorkNotDone = "not_done"
)

// For whom a dispute is settled.
const (
	ForCustomer   = "customer"
	ForContractor = "contractor"
	ForNeither    = "neither"
)

// Scales of a survey.
const (
	ScaleNPS  = "nps"  // 0 to 10
	ScaleCSAT = "csat" // 1 to 5
	ScaleCES  = "ces"  // 1 to 7
)

// Outcomes of a ContestSettled.
const (
	ContestUpheld    = "upheld"
	ContestDismissed = "dismissed"
)
