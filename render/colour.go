package render

import (
	"bytes"
	"encoding/binary"
	"math"
	"sync"
)

// colourProfile is the colour space of screens, sRGB (IEC 61966-2-1), as a small profile of version 2 (ICC.1:2001-04):
// primaries and white as adapted to D50, and the transfer curve in 1,024 steps.
var colourProfile = sync.OnceValue(func() []byte {
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", iccDescription("sRGB IEC61966-2.1")}, {"cprt", iccText("Public domain")}, {"wtpt", iccXYZ(.9642, 1, .8249)},
		{"rXYZ", iccXYZ(.43607, .22249, .01392)}, {"gXYZ", iccXYZ(.38515, .71687, .09708)}, {"bXYZ", iccXYZ(.14307, .06061, .71410)},
		{"rTRC", iccCurve()}, {"gTRC", nil}, {"bTRC", nil}, // one curve for all three
	}
	var table, data bytes.Buffer
	start := 128 + 4 + 12*len(tags)
	at, size := 0, 0
	for _, t := range tags {
		if t.data != nil {
			at, size = start+data.Len(), len(t.data)
			data.Write(t.data)
			data.Write(make([]byte, (4-len(t.data)%4)%4))
		}
		table.WriteString(t.name)
		table.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(at)), uint32(size)))
	}
	head := make([]byte, 128, start+data.Len())
	binary.BigEndian.PutUint32(head, uint32(start+data.Len()))
	binary.BigEndian.PutUint32(head[8:], 0x02100000)
	copy(head[12:], "mntrRGB XYZ ")
	binary.BigEndian.PutUint16(head[24:], 2026) // year, month, day
	binary.BigEndian.PutUint16(head[26:], 1)
	binary.BigEndian.PutUint16(head[28:], 1)
	copy(head[36:], "acsp")
	copy(head[68:], iccXYZ(.9642, 1, .8249)[8:])
	out := binary.BigEndian.AppendUint32(head, uint32(len(tags)))
	return append(append(out, table.Bytes()...), data.Bytes()...)
})

func iccXYZ(x, y, z float64) []byte {
	out := append([]byte("XYZ "), 0, 0, 0, 0)
	for _, v := range []float64{x, y, z} {
		out = binary.BigEndian.AppendUint32(out, uint32(math.Round(v*65536)))
	}
	return out
}

func iccText(s string) []byte { return append([]byte("text\x00\x00\x00\x00"+s), 0) }

func iccDescription(s string) []byte {
	out := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(s)+1))
	out = append(append(out, s...), 0)
	return append(out, make([]byte, 4+4+2+1+67)...) // no Unicode and no Macintosh text
}

func iccCurve() []byte {
	const steps = 1024
	out := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), steps)
	for i := range steps {
		v := float64(i) / (steps - 1)
		if v <= .04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		out = binary.BigEndian.AppendUint16(out, uint16(math.Round(v*65535)))
	}
	return out
}
