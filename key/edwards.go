package key

import (
	"filippo.io/edwards25519"
	"filippo.io/edwards25519/field"
)

// The points of edwards25519 in the two forms that a sum of table entries wants (RFC 8032, section 5.1.4, with the mixed
// addition of Hisil, Wong, Carter and Dawson 2008, section 3.1). The formulas are complete: they hold for all points of
// the curve, those of small order and equal ones included. An addition is 7 multiplications.

// affine is a point with Z = 1, as (y+x, y−x, 2dxy).
type affine struct{ plus, minus, product field.Element }

// extended is a point as (X : Y : Z : T) with x = X/Z, y = Y/Z, xy = T/Z.
type extended struct{ x, y, z, t field.Element }

func identity() (p extended) {
	p.y.One()
	p.z.One()
	return p
}

// twiceD is 2d of the curve −x² + y² = 1 + dx²y², where d = −121665/121666.
var twiceD = func() *field.Element {
	one := new(field.Element).One()
	d := new(field.Element).Mult32(one, 121666)
	d.Invert(d)
	d.Mult32(d, 121665)
	d.Negate(d)
	return d.Add(d, d)
}()

// affines brings points into affine form, with one inversion for all of them.
func affines(points []edwards25519.Point) []affine {
	all := make([]affine, len(points))
	products := make([]field.Element, len(points)+1) // of the Z before
	products[0].One()
	for i := range points {
		_, _, z, _ := points[i].ExtendedCoordinates()
		products[i+1].Multiply(&products[i], z)
	}
	inverse := new(field.Element).Invert(&products[len(points)])
	for i := len(points) - 1; i >= 0; i-- {
		x, y, z, _ := points[i].ExtendedCoordinates()
		own := new(field.Element).Multiply(inverse, &products[i])
		inverse.Multiply(inverse, z)
		x.Multiply(x, own)
		y.Multiply(y, own)
		a := &all[i]
		a.plus.Add(y, x)
		a.minus.Subtract(y, x)
		a.product.Multiply(x, y)
		a.product.Multiply(&a.product, twiceD)
	}
	return all
}

func (p *extended) add(q *affine) { p.combine(&q.plus, &q.minus, &q.product, false) }

// subtract adds −q, which is (−x, y).
func (p *extended) subtract(q *affine) { p.combine(&q.minus, &q.plus, &q.product, true) }

func (p *extended) combine(plus, minus, product *field.Element, negative bool) {
	var a, b, c, d, e, f, g, h field.Element
	a.Subtract(&p.y, &p.x)
	a.Multiply(&a, minus)
	b.Add(&p.y, &p.x)
	b.Multiply(&b, plus)
	c.Multiply(&p.t, product)
	d.Add(&p.z, &p.z)
	e.Subtract(&b, &a)
	h.Add(&b, &a)
	if negative {
		f.Add(&d, &c)
		g.Subtract(&d, &c)
	} else {
		f.Subtract(&d, &c)
		g.Add(&d, &c)
	}
	p.x.Multiply(&e, &f)
	p.y.Multiply(&g, &h)
	p.t.Multiply(&e, &h)
	p.z.Multiply(&f, &g)
}

// bytes encodes the point (RFC 8032, section 5.1.2).
func (p *extended) bytes() (out [32]byte) {
	var inverse, x, y field.Element
	inverse.Invert(&p.z)
	x.Multiply(&p.x, &inverse)
	y.Multiply(&p.y, &inverse)
	copy(out[:], y.Bytes())
	out[31] |= byte(x.IsNegative() << 7)
	return out
}
