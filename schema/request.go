package schema

import (
	"context"
	"time"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
)

// request is one execution: who asks, the batch that they ask for, and what came
// back. One goroutine works on it.
type request struct {
	*Server
	ctx    context.Context
	viewer access.Viewer
	now    time.Time
	batch  batch
	opened records
	seeded map[string]bool // places whose seeds are in the batch
	costed bool
	failed error // what the whole request failed of
}

type requestKey struct{}

// reader adds what a field needs to the batch. of is where the field's object is,
// the zero place at the root. What it returns makes the field's row once the batch
// is back.
type reader func(r *request, of place, s *selection) (func() (any, error), error)

// place is where statements start: a person by the hash of an identifier or by id,
// or the person whose timeline has an event.
type place struct {
	hash   []byte
	person domain.PersonID
	event  domain.EventID
	asked  domain.Kind // by what kind of identifier
	grant  grant
}

// holder is a row whose reading fields were looked ahead for: it has their rows, by
// their names in the answer.
type holder interface{ part(name string) any }

// partRows are the rows of the reading fields of an object.
type partRows map[string]func() (any, error)

// resolve makes the resolver of a field. A field that reads has been looked ahead
// for by the field above it. At the root it looks ahead itself and answers with a
// thunk: graphql-go resolves all fields of the root before it forces the first, so
// that all of them are in the batch by then.
func resolve(f *field) graphql.FieldResolveFn {
	return func(p graphql.ResolveParams) (any, error) {
		r, ok := p.Context.Value(requestKey{}).(*request)
		if !ok {
			return nil, refuse(CodeInternal, "no request in the context")
		}
		c := &call{request: r, row: p.Source, args: p.Args}
		if f.read == nil {
			return valueOf(f, c)
		}
		if of, ok := p.Source.(holder); ok {
			name, _ := p.Info.Path.Key.(string)
			c.row = of.part(name)
			return valueOf(f, c)
		}
		s := r.lookAhead(f, &p)
		if err := r.checkCost(s.looker, p.Info.Operation); err != nil {
			return nil, err
		}
		done, err := f.read(r, place{}, s)
		if err != nil {
			return nil, err
		}
		return func() (any, error) {
			if err := r.send(); err != nil {
				return nil, err
			}
			var err error
			if c.row, err = done(); err != nil {
				return nil, err
			}
			return valueOf(f, c)
		}, nil
	}
}

// valueOf is the field's value, null where its class is not for the viewer; a row
// that is an error is one.
func valueOf(f *field, c *call) (any, error) {
	if !maySee(c.viewer, f.class) {
		return nil, nil
	}
	v := c.row
	if err, ok := v.(error); ok {
		return nil, err
	}
	if f.get != nil {
		v = f.get(c)
	}
	if err, ok := v.(error); ok {
		return nil, err
	}
	return v, nil
}

func (r *request) lookAhead(f *field, p *graphql.ResolveParams) *selection {
	l := &looker{declared: r.declared, schema: r.schema, variables: p.Info.VariableValues, fragments: map[string]*ast.FragmentDefinition{}}
	for name, definition := range p.Info.Fragments {
		if fragment, ok := definition.(*ast.FragmentDefinition); ok {
			l.fragments[name] = fragment
		}
	}
	name, _ := p.Info.Path.Key.(string)
	s := &selection{looker: l, name: name, field: f, args: p.Args}
	for _, one := range p.Info.FieldASTs {
		if one.SelectionSet != nil {
			s.below = append(s.below, one.SelectionSet.Selections)
		}
	}
	return s
}

// checkCost bounds the operation, once, before anything is read.
func (r *request) checkCost(l *looker, operation ast.Definition) error {
	if r.costed {
		return r.failed
	}
	r.costed = true
	cost := l.cost(r.declared.object(r.declared.query), [][]ast.Selection{operation.GetSelectionSet().Selections})
	if cost > r.limits.Cost {
		r.failed = refuse(CodeTooCostly, "the operation may read %d fields and rows, at most %d are taken: ask for shorter pages (first) or fewer fields", cost, r.limits.Cost)
	}
	return r.failed
}

// needSeeds adds the seeds of a place's customer to the batch, once.
func (r *request) needSeeds(of place) {
	key := string(of.hash) + string(of.person[:]) + string(of.event[:])
	if r.seeded[key] {
		return
	}
	if r.seeded == nil {
		r.seeded = map[string]bool{}
	}
	r.seeded[key] = true
	r.batch.add(r.seedsStatement(of))
}
