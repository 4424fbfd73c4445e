package jsonld

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// processor converts one document.
type processor struct {
	contextProcessor
	opts    *Options
	dropped []Dropped
	path    []step
	read    map[string]*contextList // contexts of the document by their bytes
	size    int                     // bytes of the document
	inline  int                     // bytes of the inline contexts among them
}

// step is one step of a JSON pointer: a member, or an element.
type step struct {
	name  string
	index int // of an element; -1 for a member
}

func newProcessor(v ijson.Value, opts *Options) *processor {
	if opts == nil {
		opts = &Options{}
	}
	p := &processor{opts: opts, read: map[string]*contextList{}, size: len(v.Raw())}
	p.contextProcessor = contextProcessor{documentBase: opts.Base, documents: opts.Documents, left: opts.MaxContexts,
		remote: map[string]*contextList{}, cache: map[transition]*activeContext{}, validating: map[string]bool{}}
	if p.left == 0 {
		p.left = DefaultMaxContexts
	}
	return p
}

func (p *processor) enter(name string) { p.path = append(p.path, step{name, -1}) }
func (p *processor) enterIndex(i int)  { p.path = append(p.path, step{index: i}) }
func (p *processor) leave()            { p.path = p.path[:len(p.path)-1] }
func (s step) String() string {
	if s.index >= 0 {
		return strconv.Itoa(s.index)
	}
	return ijson.EscapePointer(s.name)
}

// pointer returns the JSON pointer of where the processor is.
func (p *processor) pointer(more ...string) string {
	var sb strings.Builder
	for _, s := range p.path {
		sb.WriteString("/" + s.String())
	}
	for _, m := range more {
		sb.WriteString("/" + ijson.EscapePointer(m))
	}
	return sb.String()
}

func (p *processor) drop(term, reason string, more ...string) {
	if len(p.dropped) < maxDropped {
		p.dropped = append(p.dropped, Dropped{Pointer: p.pointer(more...), Term: term, Reason: reason})
	}
}

func (p *processor) fail(code, msg string, more ...string) error {
	return &Error{Code: code, Pointer: p.pointer(more...), Msg: msg}
}

// rootContext is the active context for the document's root.
func (p *processor) rootContext() (*activeContext, error) {
	if !p.opts.Context.IsValid() {
		return initialContext, nil
	}
	return p.applyValue(initialContext, p.opts.Context)
}

// applyValue applies the value of an @context member of the document.
func (p *processor) applyValue(c *activeContext, v ijson.Value) (*activeContext, error) {
	list := p.read[string(v.Raw())]
	if list == nil {
		if v.Kind() != ijson.String {
			p.inline += len(v.Raw())
		}
		if p.inline > max(minInline, p.size/inlineShare) {
			return nil, p.at(contextError(codeContextOverflow, "", "the contexts written into the document are larger than is allowed"), "@context")
		}
		var cerr *ContextError
		if list, cerr = readContext(v, ""); cerr != nil {
			cerr.Pointer = p.pointer("@context")
			return nil, cerr
		}
		list.shared = slices.IndexFunc(list.elements, func(e contextElement) bool { return e.local != nil }) < 0
		p.read[string(v.Raw())] = list
	}
	next, err := p.applyAll(c, list)
	return next, p.at(err, "@context")
}

// at adds to an error about a context where it is asked for.
func (p *processor) at(err error, more ...string) error {
	var ce *ContextError
	if errors.As(err, &ce) && ce.Pointer == "" {
		ce.Pointer = p.pointer(more...)
	}
	return err
}

// applyAll applies a list that stands in the document. Such a list has no
// place in the memory shared by all documents.
func (p *processor) applyAll(c *activeContext, list *contextList) (*activeContext, error) {
	t := transition{from: c, list: list, propagate: true}
	if next := p.cache[t]; next != nil {
		return next, nil
	}
	next, err := p.process(t, 0)
	if err == nil {
		p.cache[t] = next
	}
	return next, err
}

// scoped applies the context of a term definition, if it has one.
func (p *processor) scoped(c *activeContext, t *term, override, propagate bool) (*activeContext, error) {
	if t == nil || t.scoped == nil {
		return c, nil
	}
	next, err := p.apply(transition{from: c, list: t.scoped, override: override, propagate: propagate})
	return next, p.at(err)
}
