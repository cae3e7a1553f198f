package mapping

import (
	"context"
	"time"
)

// expressionTime is what the expressions of one row may take together.
const expressionTime = time.Second

// The variables that every expression has; the definitions follow them.
const (
	varPrevious = iota // the former row of the same key, null where there is none
	varVendor
	varSource
	varEach // the value that `each` gives
	varDefined
)

var builtinVariables = []string{"$previous", "$vendor", "$source", "$each"}

// scope is what the expressions of one row see.
type scope struct {
	ctx       context.Context
	columns   []any // by place in Mapping.columns
	names     []string
	whole     any   // the row as an object: made of columns when first asked for
	variables []any // by place in names.variables; definitions when first asked for
	known     []bool
	nullText  bool // a plain text was given a null to hold
	define    []*expression
	limited   context.Context // ends with expressionTime; nil until jq first runs
	release   context.CancelFunc
}

// next makes the scope that of another row.
func (s *scope) next(ctx context.Context, previous any) {
	s.ctx, s.whole = ctx, nil
	s.variables[varPrevious], s.variables[varEach] = previous, nil
	clear(s.known[varDefined:])
}

// done gives back what the row took.
func (s *scope) done() {
	if s.release != nil {
		s.release()
		s.limited, s.release = nil, nil
	}
}

// input is what a dot means at the root of an expression: an object of the
// columns, or the row itself where the mapping names no column.
func (s *scope) input() (any, error) {
	if s.whole == nil {
		whole := make(map[string]any, len(s.names))
		for i, name := range s.names {
			whole[name] = s.columns[i]
		}
		s.whole = whole
	}
	return s.whole, nil
}

// variable is the value of a variable; a definition is evaluated once a row.
func (s *scope) variable(i int) (any, error) {
	if s.known[i] {
		return s.variables[i], nil
	}
	v, err := s.define[i-varDefined].value(s)
	if err != nil {
		return nil, err
	}
	s.variables[i], s.known[i] = v, true
	return v, nil
}

// bounded is a context that ends when the row's expressions have taken too long.
func (s *scope) bounded() (context.Context, time.Duration) {
	if s.limited == nil {
		s.limited, s.release = context.WithTimeout(s.ctx, expressionTime)
	}
	return s.limited, expressionTime
}
