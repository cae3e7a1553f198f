// Package deploy carries what an installation starts from and an operator then makes
// its own: the catalogue of reasons and steps, and mappings for known tools.
//
// # The tour
//
// embed.go holds the files. Codes gives the catalogue that is shipped, ParseCodes an
// operator's own, Mapping a shipped mapping (package internal/mapping has its
// grammar). codes.go reads a catalogue and keeps the place of every word;
// check.go holds the words together: parents, steps and resets must exist. What is
// wrong is a CatalogueError with its line (fault.go): first all that cannot be read,
// then all that does not hold together, since who edits a file would rather mend it
// in one go than error by error.
//
// # The grammar of a catalogue
//
//	languages: [fr, en]           every code has a label in each
//	equipment: [box, sim]         what resets may name of equipment.changed events; the
//	measures: [attenuation]       same of line.measured. Events may name others
//	reasons:
//	  internet.slow:              a child of internet, which must be there too
//	    fr: internet lent         at most 40 characters: it stands within a line
//	    en: slow internet
//	    steps: [box.reboot]       the usual ones in the usual order; where not said,
//	                              those of the nearest ancestor that has some;
//	                              [] for a reason that is known to have none
//	steps:
//	  box.reboot:
//	    fr: relance de la box
//	    en: box restart
//	    kind: remedy              or measure, check: only a remedy is redone in vain
//	    validity: 72h             of a failure: a whole number of m, h, d or w; where
//	                              not said, or 0, until something resets it
//	    resets:                   what makes it worth trying again
//	      - equipment.changed:box
//	      - line.measured         whatever was measured
//	      - step:box.firmware     that step, when it worked
//
// A code is lower-case names joined by dots. One with a colon is a vendor's own and
// has no place here.
package deploy
