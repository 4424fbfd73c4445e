package render

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/openlaurel/laurel/vc"
)

// Archival tells what makes a printed page an archival one.
type Archival struct {
	Title, Lang string
	Inner       string // says of a link that it leads to another place of the document
	Made        time.Time
	Credential  []byte // JSON or a compact JWS; nil: none is attached
}

// Archive makes a PDF that Chromium printed an archival one (ISO 19005-3, PDF/A-3, conformance A) that carries a signed
// credential as an associated file. It adds a section at the end (ISO 32000-1, 7.5.6) and changes no byte before it:
//
//   - metadata as XMP that says the same as the document's information (6.6.2, 6.6.4);
//   - an output intent with a colour profile, so that red stays red (6.2.3);
//   - the credential as an embedded file that says how it relates to the document (6.8);
//   - a file identifier (6.1.3), language and the mark that it is tagged (6.7);
//   - of each link in words where it leads, for who hears the page (ISO 14289-1, 7.18.5).
//
// What else the standard asks, embedded fonts above all, Chromium's writer does, and a test holds it to it.
func Archive(pdf []byte, a *Archival) ([]byte, error) {
	u, err := newUpdate(pdf)
	if err != nil {
		return nil, err
	}
	made := a.Made.UTC().Truncate(time.Second)
	u.sayLinks(a.Inner)
	u.redo(u.info, fmt.Sprintf("<</Title %s\n/Producer (%s)\n/CreationDate %s\n/ModDate %s>>", pdfText(a.Title), producer, pdfDate(made), pdfDate(made)))
	profile := u.stream("/N 3\n/Alternate /DeviceRGB", colourProfile(), true)
	intent := u.add(fmt.Sprintf("<</Type /OutputIntent\n/S /GTS_PDFA1\n/OutputConditionIdentifier (sRGB)\n/Info (sRGB IEC61966-2.1)\n/DestOutputProfile %d 0 R>>", profile))
	meta := u.stream("/Type /Metadata\n/Subtype /XML", metadata(a, made), false) // not compressed: to be found without a reader of PDF
	catalog := fmt.Sprintf("\n/Version /1.7\n/Metadata %d 0 R\n/OutputIntents [%d 0 R]", meta, intent)
	if len(a.Credential) > 0 {
		spec := u.attach(a.Credential, made)
		name := pdfText(attachmentName(a.Credential))
		catalog += fmt.Sprintf("\n/AF [%d 0 R]\n/Names <</EmbeddedFiles <</Names [%s %d 0 R]>>>>", spec, name, spec)
	}
	for key, value := range map[string]string{"/Lang": pdfText(a.Lang), "/MarkInfo": "<</Marked true>>"} {
		if !strings.Contains(u.catalog, key) {
			catalog += "\n" + key + " " + value
		}
	}
	u.redo(u.root, strings.TrimSuffix(u.catalog, ">>")+catalog+">>")
	return u.close(), nil
}

const producer = "Laurel"

// update is a section that is added to a PDF: objects, where they begin, and a table of that.
type update struct {
	out              bytes.Buffer
	offsets          map[int]int
	order            []int
	size, root, info int
	previous         int // where the table before this one stands
	catalog          string
}

var (
	trailerForm = regexp.MustCompile(`trailer\s*<<\s*/Size (\d+)\s*/Root (\d+) 0 R\s*/Info (\d+) 0 R\s*>>\s*startxref\s*(\d+)\s*%%EOF\s*$`)
	errForm     = errors.New("render: the PDF is not of the form that Chromium writes; another version of it is installed than we know")
)

// newUpdate reads what it needs of a PDF: the trailer and the catalog, in the plain form that Chromium writes.
func newUpdate(pdf []byte) (*update, error) {
	m := trailerForm.FindSubmatch(pdf[max(0, len(pdf)-300):])
	if m == nil {
		return nil, errForm
	}
	u := &update{offsets: map[int]int{}}
	for i, n := range []*int{&u.size, &u.root, &u.info, &u.previous} {
		var err error
		if *n, err = strconv.Atoi(string(m[i+1])); err != nil {
			return nil, errForm
		}
	}
	_, after, ok := bytes.Cut(pdf, fmt.Appendf(nil, "\n%d 0 obj\n", u.root))
	body, _, ended := bytes.Cut(after, []byte("\nendobj"))
	if !ok || !ended || !bytes.HasPrefix(body, []byte("<<")) || !bytes.HasSuffix(body, []byte(">>")) ||
		bytes.Contains(body, []byte("/Names")) || bytes.Contains(body, []byte("/Metadata")) || bytes.Contains(body, []byte("/OutputIntents")) {
		return nil, errForm
	}
	u.catalog = string(body)
	u.out.Write(pdf)
	if !bytes.HasSuffix(pdf, []byte("\n")) {
		u.out.WriteByte('\n')
	}
	return u, nil
}

var (
	annotForm = regexp.MustCompile(`(?s)\n(\d+) 0 obj\n(<</Type /Annot\n/Subtype /Link\n.*?)>>\nendobj`)
	uriForm   = regexp.MustCompile(`(?s)/URI \(((?:[^()\\]|\\.)*)\)`)
)

// sayLinks gives each link its words: the address, or those for a place in the document.
func (u *update) sayLinks(inner string) {
	type link struct {
		n    int
		body string
	}
	var all []link
	for _, m := range annotForm.FindAllSubmatch(u.out.Bytes(), -1) {
		n, err := strconv.Atoi(string(m[1]))
		if err != nil || bytes.Contains(m[2], []byte("/Contents")) || bytes.Contains(m[2], []byte(" obj\n")) {
			continue
		}
		says := inner
		if at := uriForm.FindSubmatch(m[2]); at != nil {
			says = string(at[1])
		}
		all = append(all, link{n, string(m[2]) + "\n/Contents " + pdfText(says) + ">>"})
	}
	for _, l := range all { // they are added behind what was searched
		u.redo(l.n, l.body)
	}
}

// add appends an object and gives its number.
func (u *update) add(body string) int {
	n := u.size
	u.size++
	u.redo(n, body)
	return n
}

// redo appends an object under a number, which replaces what had it.
func (u *update) redo(n int, body string) {
	u.offsets[n] = u.out.Len()
	u.order = append(u.order, n)
	fmt.Fprintf(&u.out, "%d 0 obj\n%s\nendobj\n", n, body)
}

// stream appends bytes as an object.
func (u *update) stream(dict string, data []byte, compress bool) int {
	if compress {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		_, _ = w.Write(data) // a buffer takes everything
		_ = w.Close()
		data, dict = z.Bytes(), dict+"\n/Filter /FlateDecode"
	}
	return u.add(fmt.Sprintf("<<%s\n/Length %d>> stream\n%s\nendstream", dict, len(data), data))
}

// attach embeds the credential (ISO 32000-1, 7.11.4; ISO 19005-3, 6.8) and gives the number of its file specification.
func (u *update) attach(credential []byte, made time.Time) int {
	media, name := "application/vc", attachmentName(credential)
	if strings.HasSuffix(name, ".jwt") {
		media = "application/vc+jwt"
	}
	file := u.stream(fmt.Sprintf("/Type /EmbeddedFile\n/Subtype /%s\n/Params <</Size %d\n/CreationDate %s\n/ModDate %s>>",
		strings.ReplaceAll(media, "/", "#2F"), len(credential), pdfDate(made), pdfDate(made)), credential, true)
	return u.add(fmt.Sprintf("<</Type /Filespec\n/F %s\n/UF %s\n/Desc (The signed credential)\n/AFRelationship /Data\n/EF <</F %d 0 R\n/UF %d 0 R>>>>",
		pdfText(name), pdfText(name), file, file))
}

// attachmentName is the name under which package bake looks for a credential of this kind.
func attachmentName(credential []byte) string {
	ext, stem := ".json", "openbadgecredential"
	if b := bytes.TrimSpace(credential); len(b) > 0 && b[0] != '{' {
		return "credential.jwt"
	}
	if doc, err := vc.Parse(credential); err == nil {
		switch {
		case doc.Kind == vc.KindCLR:
			stem = "clrcredential"
		case doc.Kind.IsPresentation():
			stem = "presentation"
		}
	}
	return stem + ext
}

// close writes the table of the new objects and the trailer.
func (u *update) close() []byte {
	id := sha256.Sum256(u.out.Bytes())
	at := u.out.Len()
	slices.Sort(u.order)
	u.out.WriteString("xref\n")
	for _, n := range u.order {
		fmt.Fprintf(&u.out, "%d 1\n%010d 00000 n \n", n, u.offsets[n])
	}
	fmt.Fprintf(&u.out, "trailer\n<</Size %d\n/Root %d 0 R\n/Info %d 0 R\n/Prev %d\n/ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n", u.size, u.root, u.info, u.previous, id[:16], id[:16], at)
	return u.out.Bytes()
}

// pdfText is a text string (ISO 32000-1, 7.9.2): UTF-16 in hexadecimal, in which nothing can break out.
func pdfText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, c := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", c)
	}
	return b.String() + ">"
}

func pdfDate(t time.Time) string { return "(D:" + t.Format("20060102150405") + "Z)" }

// metadata is the XMP packet (ISO 16684-1): the same title, producer and dates as the document's information.
func metadata(a *Archival, made time.Time) []byte {
	esc := func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
		return b.String()
	}
	when := made.Format("2006-01-02T15:04:05Z")
	return []byte(`<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + esc(a.Title) + `</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>` + esc(a.Lang) + `</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>` + when + `</xmp:CreateDate><xmp:ModifyDate>` + when + `</xmp:ModifyDate><pdf:Producer>` + producer + `</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`)
}
