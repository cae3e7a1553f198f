package domain

// Kind is the kind of an identifier, and so of the person that the ring names for it.
type Kind string

// The kinds. Account and line are strong: two of them that stand together are one
// customer. Email, phone and device are weak, the strongest first. A reference is
// a subject in a vendor's tool. An agent belongs to no customer.
const (
	Account   Kind = "account"
	Line      Kind = "line"
	Email     Kind = "email"
	Phone     Kind = "phone"
	Device    Kind = "device"
	Reference Kind = "reference"
	AgentKind Kind = "agent"
)

// Strong reports whether persons of this kind that stand together are one customer.
func (k Kind) Strong() bool { return k == Account || k == Line }

// Weak reports whether persons of this kind belong to whom they were seen with.
func (k Kind) Weak() bool { return k == Email || k == Phone || k == Device }

// Rank orders kinds from the strongest (account, 0) to the weakest (device, 4),
// then reference, then agent.
func (k Kind) Rank() int {
	switch k {
	case Account:
		return 0
	case Line:
		return 1
	case Email:
		return 2
	case Phone:
		return 3
	case Device:
		return 4
	case Reference:
		return 5
	default:
		return 6
	}
}

// Identifier is one identifier in its normal form, as the ring hashes it.
type Identifier struct {
	Kind  Kind
	Value string
}
