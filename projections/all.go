package projections

// All lists every projection. The timeline is always among them.
var All = []Projection{&Timeline, &Problems}

// Of is the projection of All that a read model's table belongs to, by its name
// without the generation; "" where none has it.
func Of(table string) string {
	for _, p := range All {
		for _, t := range p.tables() {
			if t.name() == table {
				name, _ := p.title()
				return name
			}
		}
	}
	return ""
}
