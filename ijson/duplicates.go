package ijson

import (
	"hash/maphash"
	"unsafe"
)

// smallObject is the number of members up to which names are compared with
// each other. Above it a hash table is cheaper, and quadratic work would be an
// attacker's choice.
const smallObject = 24

// duplicates finds repeated member names. The names of all open objects stand
// on one stack; small objects compare as they go, larger ones when they close.
type duplicates struct {
	names []nameRef
	table []uint32 // open addressing; index into names plus one
	seed  maphash.Seed
}

type nameRef struct {
	print  uint64 // equal names have equal prints; unequal ones seldom do
	name   string
	offset int
}

// enter starts an object and returns its mark for add and leave.
func (d *duplicates) enter() int { return len(d.names) }

// add notes a name of the object that began at mark and reports whether it is
// known to be there already.
func (d *duplicates) add(mark int, name string, offset int) bool {
	print := fingerprint(name)
	own := d.names[mark:]
	if len(own) <= smallObject {
		for i := range own {
			if own[i].print == print && own[i].name == name {
				return true
			}
		}
	}
	d.names = append(d.names, nameRef{print, name, offset})
	return false
}

// leave ends the object and returns a repeated name, if a large object has one.
func (d *duplicates) leave(mark int) (nameRef, bool) {
	own := d.names[mark:]
	d.names = d.names[:mark]
	if len(own) <= smallObject+1 {
		return nameRef{}, false
	}
	size := 64
	for size < 2*len(own) {
		size *= 2
	}
	if cap(d.table) < size {
		d.table = make([]uint32, size)
		d.seed = maphash.MakeSeed()
	}
	table := d.table[:size]
	clear(table)
	for i := range own {
		slot := maphash.String(d.seed, own[i].name) & uint64(size-1)
		for table[slot] != 0 {
			if other := own[table[slot]-1]; other.print == own[i].print && other.name == own[i].name {
				return own[i], true
			}
			slot = (slot + 1) & uint64(size-1)
		}
		table[slot] = uint32(i + 1)
	}
	return nameRef{}, false
}

// fingerprint mixes a name's length with its last eight bytes.
func fingerprint(s string) uint64 {
	n := len(s)
	var tail uint64
	if n >= 8 {
		b := unsafe.Slice(unsafe.StringData(s), n)
		tail = load64(b[n-8:])
	} else {
		for i := range n {
			tail = tail<<8 | uint64(s[i])
		}
	}
	return tail ^ uint64(n)*0x9E3779B97F4A7C15
}
