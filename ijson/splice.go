package ijson

// An Insertion is a member to be added to an object, behind those that it has.
type Insertion struct {
	Into   Value  // an object with at least one member
	Member []byte // its name and value as they are written: "name":…
}

// Splice returns the document that Parse makes of the text of a value in which members have been added to some of its
// objects. The objects are given in their order, and none is inside another. What stands in the value already is not read
// again, so that it takes a fraction of the time; the limits hold for the result. At is where the text of each member begins in
// the new document. The error is a *[SyntaxError].
func Splice(v Value, insertions []Insertion, opts *Options) (d *Document, at []int, err error) {
	s := splicer{old: v, parser: parser{opts: opts.orDefaults()}}
	at = make([]int, 0, len(insertions))
	size, end := len(v.Raw()), int(v.node().start)
	for _, in := range insertions {
		n := in.Into.is(Object)
		if n == nil || n.count() == 0 || in.Into.doc != v.doc || int(n.start) < end || n.end > v.node().end {
			s.fail(0, ReasonSyntax, "members are added to objects of the value with a member, given in their order")
			return nil, nil, s.err
		}
		end = int(n.end)
		size += len(in.Member) + 1
	}
	if size > s.opts.MaxBytes {
		s.fail(s.opts.MaxBytes, ReasonLimit, "the document has %d bytes, more than the limit of %d", size, s.opts.MaxBytes)
		return nil, nil, s.err
	}
	tape := v.node().next - v.at
	s.src = make([]byte, 0, size+size/16) // the caller may add some more
	s.tape = make([]node, 0, int(tape)+16*len(insertions))
	s.from, s.next = v.node().start, v.at
	ok := true
	for i := 0; ok && i < len(insertions); i++ {
		ok = s.insert(insertions[i], &at)
	}
	if ok = ok && s.copyTo(v.node().next); !ok {
		s.err.locate(s.src)
		return nil, nil, s.err
	}
	s.src = append(s.src, v.doc.src[s.from:v.node().end]...)
	return &Document{src: s.src, tape: s.tape}, at, nil
}

// splicer writes the text and the tape of the new document.
type splicer struct {
	parser
	old  Value
	from uint32      // up to here the old text is written
	next uint32      // and up to here the old tape
	open []container // those that may hold what comes next
}

// container is an array or object in the old and the new tape.
type container struct{ old, new uint32 }

// shift is how far a place in the text, and on the tape, has moved by what was inserted so far.
func (s *splicer) shift() (text, tape uint32) {
	return uint32(len(s.src)) - s.from, uint32(len(s.tape)) - s.next
}

// copyTo takes over the old tape up to, not including, end.
func (s *splicer) copyTo(end uint32) bool {
	if len(s.tape)+int(end-s.next) > s.opts.MaxValues {
		s.fail(0, ReasonLimit, "the document has more values than the limit of %d", s.opts.MaxValues)
		return false
	}
	old := s.old.doc.tape
	text, tape := s.shift()
	for i := s.next; i < end; i++ {
		n := old[i]
		if n.kind() >= Array {
			for len(s.open) > 0 && old[s.open[len(s.open)-1].old].next <= i {
				s.open = s.open[:len(s.open)-1]
			}
			s.open = append(s.open, container{i, i + tape})
		}
		n.start += text
		n.end += text
		n.next += tape
		s.tape = append(s.tape, n)
	}
	s.next = end
	return true
}

// insert takes over everything up to the end of an object's last member, and adds one.
func (s *splicer) insert(in Insertion, at *[]int) bool {
	n := in.Into.node()
	if !s.copyTo(n.next) {
		return false
	}
	for s.open[len(s.open)-1].old != in.Into.at {
		s.open = s.open[:len(s.open)-1]
	}
	end := uint32(0) // of the last member
	for _, last := range in.Into.Members() {
		end = last.node().end
	}
	s.src = append(append(s.src, s.old.doc.src[s.from:end]...), ',')
	s.from = end
	*at = append(*at, len(s.src))
	from, tape := len(s.src), len(s.tape)
	s.src = append(s.src, in.Member...)
	if i := s.member(from, len(s.open), s.dup.enter()); i == failed {
		return false
	} else if i = s.space(i); i < len(s.src) {
		s.fail(i, ReasonSyntax, "%s follows the end of the member", describe(s.src, i))
		return false
	}
	s.dup.names = s.dup.names[:0]
	if name := s.text(tape); in.Into.Has(name) {
		s.twice(name, from)
		return false
	}
	for _, c := range s.open {
		s.tape[c.new].end += uint32(len(in.Member) + 1)
		s.tape[c.new].next += uint32(len(s.tape) - tape)
	}
	s.tape[s.open[len(s.open)-1].new].meta += 1 << countShift
	return true
}
