package projections

// All lists every projection. The timeline is always among them.
var All = []Projection{&Timeline, &Problems}
