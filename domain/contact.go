package domain

import (
	"slices"
	"time"
)

// ContactWord is one word on an interaction, as the read model keeps it: of each
// kind of word the last. "" and nil: it does not say.
type ContactWord struct {
	Interaction    PersonID
	Word           string // started answered transferred ended wrapped verified
	At             time.Time
	Vendor, Site   string
	Channel        string
	Direction      string
	NumberDialled  string
	CallingNetwork string
	Waited         *Waits
	Talk           *float64 // seconds
	Hold           *float64
	Wrap           *float64
	EndedAs        string
	Disposition    string
	Reason         string
	Resolution     string
	Level, Party   string
}

// Contact is an interaction with the customer, put together from what was said of it.
type Contact struct {
	Interaction    PersonID
	Started        time.Time // of the first word, where nothing told its start
	Answered       time.Time // zero: not, as far as is known
	Ended          time.Time // zero: it goes on, as far as is known
	Vendor, Site   string    // who spoke last
	Channel        string
	Direction      string
	NumberDialled  string
	CallingNetwork string
	Waited         *Waits
	Talk           *float64 // seconds
	Hold           *float64
	Wrap           *float64
	EndedAs        string
	Disposition    string
	Reason         string // as it was wrapped; its problem's may differ
	Resolution     string
	Level, Party   string // how far the caller was verified, and as whom
	Problems       []int  // numbers of the problems that it is about; the caller fills them in
}

// Contacts puts words together, one contact an interaction, the latest first and
// those of one time by interaction.
func Contacts(words []ContactWord) []Contact {
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b ContactWord) int {
		if c := a.Interaction.Compare(b.Interaction); c != 0 {
			return c
		}
		return a.At.Compare(b.At)
	})
	var all []Contact
	for i := range words {
		if i == 0 || words[i].Interaction != words[i-1].Interaction {
			all = append(all, Contact{Interaction: words[i].Interaction, Started: words[i].At})
		}
		all[len(all)-1].hear(&words[i])
	}
	slices.SortStableFunc(all, func(a, b Contact) int { return b.Started.Compare(a.Started) })
	return all
}

func (c *Contact) hear(w *ContactWord) {
	switch w.Word {
	case "started":
		c.Started, c.Direction = w.At, w.Direction
		c.NumberDialled, c.CallingNetwork = w.NumberDialled, w.CallingNetwork
	case "answered":
		c.Answered, c.Waited = w.At, w.Waited
	case "ended":
		c.Ended, c.EndedAs, c.Talk, c.Hold = w.At, w.EndedAs, w.Talk, w.Hold
		if c.Waited == nil {
			c.Waited = w.Waited
		}
	case "wrapped":
		if c.Ended.IsZero() {
			c.Ended = w.At
		}
		c.Disposition, c.Reason, c.Resolution, c.Wrap = w.Disposition, w.Reason, w.Resolution, w.Wrap
	case "verified":
		c.Level, c.Party = w.Level, w.Party
	}
	if w.Channel != "" && (c.Channel == "" || w.Word == "started") {
		c.Channel = w.Channel
	}
	c.Vendor = w.Vendor
	if w.Site != "" {
		c.Site = w.Site
	}
}
