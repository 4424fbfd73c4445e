package bake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/openlaurel/laurel/ijson"
)

const (
	// maxAttachments bounds how many attachments of a PDF are looked at.
	maxAttachments = 100

	// maxPDFTime bounds reading a PDF's structure. Each part of it is bounded
	// too, but 64 MB hold many parts, and each may be compressed. An honest
	// transcript takes milliseconds.
	maxPDFTime = 5 * time.Second

	// A PDF may have minObjects objects, or one for every bytesPerObject of it: tagged transcripts have one for some 180.
	// The library needs 9 kB for each, and twice that where it looks for them itself because the table of where they are
	// is damaged; an honest file that was cut in transit has its table at the end and is lost anyway, so that few objects
	// are let be looked for.
	minObjects     = 4096
	bytesPerObject = 152
	maxLost        = 1024
)

// countObjects refuses a PDF of more objects than its size warrants. An object begins with its number and "obj" (ISO
// 32000-2, 7.3.10); those inside object streams have the library's own limits.
func countObjects(file []byte) error {
	most := max(minObjects, len(file)/bytesPerObject)
	if !tableFound(file) {
		most = maxLost
	}
	if n := bytes.Count(file, []byte(" obj")); n > most {
		return fmt.Errorf("%w: the PDF has %d objects, more than the %d that one of its size may have", ErrTooLarge, n, most)
	}
	return nil
}

// tableFound reports that the last startxref points at a cross-reference table or stream (ISO 32000-2, 7.5.5).
func tableFound(file []byte) bool {
	i := bytes.LastIndex(file, []byte("startxref"))
	if i < 0 {
		return false
	}
	at, digits := 0, 0
	for _, c := range bytes.TrimLeft(file[i+len("startxref"):], " \t\r\n") {
		if c < '0' || c > '9' || digits > 9 {
			break
		}
		at, digits = at*10+int(c-'0'), digits+1
	}
	if digits == 0 || at >= len(file) {
		return false
	}
	there := bytes.TrimLeft(file[at:], " \t\r\n")
	return bytes.HasPrefix(there, []byte("xref")) || len(there) > 0 && there[0] >= '0' && there[0] <= '9'
}

// pdfConfiguration bounds what a PDF may make the library do. The library
// would otherwise write a configuration file into the user's home.
func pdfConfiguration() *model.Configuration {
	disableConfigDir()
	c := model.NewDefaultConfiguration()
	c.ValidationMode = model.ValidationRelaxed
	c.Limits.MaxStreamBytes = MaxImage
	c.Limits.MaxDecodeBytes = MaxCredential
	c.Limits.MaxObjectCount = 1 << 18 // a transcript of a thousand courses has 10,000
	c.Limits.MaxXRefEntries = 1 << 18
	c.Limits.MaxObjectStreamCount = 2_000 // writers put some 100 objects into a stream
	c.Limits.MaxObjectStreamFirst = 32 << 10
	c.Limits.MaxRecursionDepth = 200
	c.Offline = true
	return c
}

var disableConfigDir = sync.OnceFunc(api.DisableConfigDir)

func unbakePDF(file []byte) (credential []byte, err error) {
	defer recoverPDF(&err)
	if err := countObjects(file); err != nil {
		return nil, err
	}
	conf := pdfConfiguration()
	conf.Cmd = model.EXTRACTATTACHMENTS
	deadline, cancel := context.WithTimeout(context.Background(), maxPDFTime)
	defer cancel()
	ctx, err := pdfcpu.ReadWithContext(deadline, bytes.NewReader(file), conf)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("%w: the PDF takes longer than %v to read", ErrTooLarge, maxPDFTime)
	}
	if err != nil {
		return nil, &MalformedError{Format: PDF, Msg: "the PDF cannot be read", Err: err}
	}
	files, err := embeddedFiles(ctx.XRefTable)
	if err != nil {
		return nil, err
	}
	var from string
	for _, f := range files {
		if !mayBeCredential(f.name) {
			continue
		}
		content, err := f.content(ctx.XRefTable)
		if err != nil {
			return nil, err
		}
		if !looksLikeCredential(content) {
			continue
		}
		if credential != nil && !bytes.Equal(credential, content) {
			return nil, fmt.Errorf("%w: the attachments %q and %q", ErrSeveral, from, f.name)
		}
		credential, from = content, f.name
	}
	if credential == nil {
		return nil, ErrNoCredential
	}
	return credential, nil
}

// An embeddedFile is a file specification of a PDF (ISO 32000-2, 7.11.3).
type embeddedFile struct {
	name string
	spec types.Dict
}

// embeddedFiles reads the name tree EmbeddedFiles (ISO 32000-2, 7.9.6 and
// 7.11.4) itself: the library does so only after validating every other object
// of the document, which is more of a stranger's file than need be touched.
func embeddedFiles(x *model.XRefTable) ([]embeddedFile, error) {
	catalog, err := x.Catalog()
	if err != nil {
		return nil, &MalformedError{Format: PDF, Msg: "the PDF has no catalog", Err: err}
	}
	names, err := x.DereferenceDict(catalog["Names"])
	if err != nil {
		return nil, &MalformedError{Format: PDF, Msg: "the names of the PDF cannot be read", Err: err}
	}
	var files []embeddedFile
	nodes := []types.Object{names["EmbeddedFiles"]}
	for seen := 0; len(nodes) > 0; seen++ {
		if seen > maxAttachments || len(files) > maxAttachments || len(nodes) > maxAttachments {
			return nil, fmt.Errorf("%w: the PDF has more attachments than the limit of %d", ErrTooLarge, maxAttachments)
		}
		node, err := x.DereferenceDict(nodes[0])
		nodes = nodes[1:]
		if err != nil {
			return nil, &MalformedError{Format: PDF, Msg: "the attachments cannot be listed", Err: err}
		}
		kids, _ := x.DereferenceArray(node["Kids"]) // nil when it is no array
		nodes = append(nodes, kids...)
		leaves, _ := x.DereferenceArray(node["Names"])
		for i := 1; i < len(leaves) && i < 2*maxAttachments+4; i += 2 {
			if spec, err := x.DereferenceDict(leaves[i]); err == nil && spec != nil {
				files = append(files, embeddedFile{specName(x, spec), spec})
			}
		}
	}
	return files, nil
}

// specName returns a file specification's name, "" if it has none.
func specName(x *model.XRefTable, spec types.Dict) string {
	for _, key := range []string{"UF", "F"} {
		if name, err := x.DereferenceStringOrHexLiteral(spec[key], model.V10, nil); err == nil && name != "" {
			return name
		}
	}
	return ""
}

// content unpacks the file, up to MaxCredential.
func (f embeddedFile) content(x *model.XRefTable) ([]byte, error) {
	malformed := func(err error) ([]byte, error) {
		if errors.Is(err, filter.ErrDecodeLimitExceeded) {
			return nil, fmt.Errorf("%w: the attachment %q unpacks to more bytes than the limit of %d", ErrTooLarge, f.name, MaxCredential)
		}
		return nil, &MalformedError{Format: PDF, Msg: fmt.Sprintf("the attachment %q cannot be read", f.name), Err: err}
	}
	ef, err := x.DereferenceDict(f.spec["EF"])
	if err != nil {
		return malformed(err)
	}
	for _, key := range []string{"F", "UF"} {
		stream, _, err := x.DereferenceStreamDict(ef[key])
		if err != nil {
			return malformed(err)
		}
		if stream == nil {
			continue
		}
		if stream.FilterPipeline == nil {
			return stream.Raw, nil
		}
		if err := stream.DecodeWithLimit(MaxCredential); err != nil {
			return malformed(err)
		}
		return stream.Content, nil
	}
	return malformed(errors.New("the file specification has no embedded stream"))
}

// mayBeCredential judges an attachment by its name, so that a PDF's other
// attachments are not unpacked.
func mayBeCredential(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case "", ".json", ".jsonld", ".jwt", ".jws", ".txt", ".vc", ".clr", ".ob":
		return true
	}
	return false
}

// looksLikeCredential tells a credential from other JSON: it has a context and
// a type, or is a compact JWS.
func looksLikeCredential(b []byte) bool {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || len(b) > MaxCredential {
		return len(b) > MaxCredential // Unbake reports it as too large
	}
	if b[0] != '{' {
		return bytes.Count(b, []byte{'.'}) == 2 && bytes.HasPrefix(b, []byte("eyJ"))
	}
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return bytes.Contains(b, []byte(`"@context"`)) // damaged: let the verifier say how
	}
	return doc.Root().Has("@context") && doc.Root().Has("type")
}

// bakePDF attaches the credential as an associated file (ISO 32000-2, 14.13)
// and removes earlier ones of the same names.
func bakePDF(file, credential []byte, l label, isJWS bool) (out []byte, err error) {
	defer recoverPDF(&err)
	conf := pdfConfiguration()
	conf.Cmd = model.ADDATTACHMENTS
	ctx, err := api.ReadValidateAndOptimize(bytes.NewReader(file), conf)
	if err != nil {
		return nil, &MalformedError{Format: PDF, Msg: "the PDF cannot be read", Err: err}
	}
	associated := otherAssociated(ctx.XRefTable) // before removeBaked empties what they point at
	if err := removeBaked(ctx); err != nil {
		return nil, &MalformedError{Format: PDF, Msg: "the earlier credential cannot be removed", Err: err}
	}
	name := l.file + ".json"
	if isJWS {
		name = l.file + ".jwt"
	}
	if err := attach(ctx, name, credential, associated); err != nil {
		return nil, &MalformedError{Format: PDF, Msg: "the credential cannot be attached", Err: err}
	}
	var buf bytes.Buffer
	if err := api.Write(ctx, &buf, conf); err != nil {
		return nil, fmt.Errorf("bake: cannot write the PDF: %w", err)
	}
	return buf.Bytes(), nil
}

func removeBaked(ctx *model.Context) error {
	listed, err := ctx.ListAttachments()
	if err != nil {
		return err
	}
	for _, a := range listed {
		if isBakedName(a.FileName) {
			if _, err := ctx.RemoveAttachment(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// attach adds the file to the name tree EmbeddedFiles and to the catalog's
// associated files, as data the document was made from.
func attach(ctx *model.Context, name string, content []byte, associated types.Array) error {
	x := ctx.XRefTable
	if err := x.LocateNameTree("EmbeddedFiles", true); err != nil {
		return err
	}
	epoch := time.Unix(0, 0).UTC() // the same input gives the same PDF
	spec, err := x.NewFileSpecDictForAttachment(model.Attachment{Reader: bytes.NewReader(content), ID: name, Desc: "The signed credential", ModTime: &epoch})
	if err != nil {
		return err
	}
	spec["AFRelationship"] = types.Name("Data")
	ref, err := x.IndRefForNewObject(spec)
	if err != nil {
		return err
	}
	if err := x.Names["EmbeddedFiles"].Add(x, name, *ref, model.NameMap{name: []types.Dict{spec}}, []string{"F", "UF"}); err != nil {
		return err
	}
	catalog, err := x.Catalog()
	if err != nil {
		return err
	}
	catalog["AF"] = append(associated, *ref)
	return nil
}

// otherAssociated returns the document's associated files without earlier
// credentials.
func otherAssociated(x *model.XRefTable) types.Array {
	catalog, err := x.Catalog()
	if err != nil {
		return nil
	}
	var keep types.Array
	all, _ := x.DereferenceArray(catalog["AF"]) // nil when it is no array
	for _, o := range all {
		if spec, err := x.DereferenceDict(o); err == nil && !isBakedName(specName(x, spec)) {
			keep = append(keep, o)
		}
	}
	return keep
}

// isBakedName reports whether an attachment is one that bakePDF made.
func isBakedName(name string) bool {
	stem := strings.TrimSuffix(name, path.Ext(name))
	return slices.ContainsFunc(labels[:], func(l label) bool { return stem == l.file })
}

// recoverPDF turns a panic of the PDF library into an error: the file is a
// stranger's, and the library is large.
func recoverPDF(err *error) {
	if r := recover(); r != nil {
		*err = &MalformedError{Format: PDF, Msg: fmt.Sprintf("the PDF cannot be read: %v", r)}
	}
}
