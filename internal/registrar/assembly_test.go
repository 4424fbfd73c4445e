package registrar_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

// TestAssembleATranscript makes a transcript of a person who has more than courses: signed as a whole, with the parts as
// they were signed; made again it is the next version; withdrawn it is revoked and the parts are not.
func TestAssembleATranscript(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		o := registrartest.New(t, db)
		o.Import(registrartest.Sheet + "Amara Okafor,amara@example.edu,1001,Rowing,CoCurricular,CO-1,Rows,Row,2025-04-30,,,\n")
		amara := o.Learner("Amara").ID
		_, err := o.Desk.Assemble(ctx, o.Registrar, amara, registrar.AssemblyRequest{Template: "transcript"})
		wantKind(t, err, record.Invalid) // nothing is signed yet
		o.Issue()
		whole := o.Current(o.Learner("Amara").RecordID)
		v, err := o.Desk.Assembly(ctx, o.Registrar, amara, "transcript")
		if err != nil || len(v.Items) != 3 || len(v.Made) != 0 {
			t.Fatalf("%+v, %v", v, err)
		}
		var courses, others []string
		for _, i := range v.Items {
			if i.Takes {
				courses = append(courses, i.PathID)
			} else {
				others = append(others, i.PathID)
			}
		}
		if len(courses) != 2 {
			t.Fatalf("a transcript takes %d of %+v", len(courses), v.Items)
		}
		_, err = o.Desk.Assemble(ctx, o.Registrar, amara, registrar.AssemblyRequest{Template: "transcript", Chosen: others})
		wantKind(t, err, record.Conflict)
		_, err = o.Desk.Assemble(ctx, o.Registrar, amara, registrar.AssemblyRequest{Chosen: []string{"none"}})
		wantKind(t, err, record.Conflict)

		made, err := o.Desk.Assemble(ctx, o.Registrar, amara, registrar.AssemblyRequest{Template: "transcript"})
		if err != nil {
			t.Fatal(err)
		}
		signed := o.Current(pathOf(made.URI))
		rep := o.WantVerdict(signed.Bytes, verify.Verified)
		if rep.Summary.Total != 3 || signed.Kind != "ClrCredential" || made.Name != "Transcript of Amara Okafor" || strings.Contains(string(signed.Bytes), "Rowing") {
			t.Errorf("%+v %s %q", rep.Summary, signed.Kind, made.Name)
		}
		again, err := o.Desk.Assemble(ctx, o.Registrar, amara, registrar.AssemblyRequest{Template: "transcript", Chosen: courses[:1]})
		if err != nil || again.URI != made.URI || again.Number != 2 {
			t.Errorf("made again: %+v, %v", again, err)
		}
		if v, err = o.Desk.Assembly(ctx, o.Registrar, amara, ""); err != nil || len(v.Made) != 1 || v.Made[0].ID != again.ID {
			t.Errorf("%+v, %v", v.Made, err)
		}
		wantKind(t, o.Desk.WithdrawAssembly(ctx, o.Registrar, amara, again.ID, " "), record.Invalid)
		wantKind(t, o.Desk.WithdrawAssembly(ctx, o.Registrar, amara, whole.ID, "wrong"), record.NotFound)
		if err := o.Desk.WithdrawAssembly(ctx, o.Registrar, amara, again.ID, "made by mistake"); err != nil {
			t.Fatal(err)
		}
		if string(o.Current(o.Learner("Amara").RecordID).Bytes) != string(whole.Bytes) {
			t.Error("the whole record changed")
		}
		if v, err = o.Desk.Assembly(ctx, o.Registrar, amara, ""); err != nil || len(v.Made) != 0 || len(v.Items) != 3 {
			t.Errorf("after it was withdrawn: %+v, %v", v, err)
		}
	})
}

func pathOf(uri string) string { return uri[strings.LastIndexByte(uri, '/')+1:] }

// TestStepThroughPeople: a preview leads to the person before and after, and shows what a template takes.
func TestStepThroughPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		o := registrartest.New(t, db)
		o.Import(registrartest.Sheet)
		amara, noor := o.Learner("Amara").ID, o.Learner("نور").ID
		p, err := o.Desk.PreviewWith(ctx, o.Registrar, amara, nil)
		if err != nil || p.Before != "" || p.After != noor {
			t.Fatalf("%v %v, %v", p.Before, p.After, err)
		}
		by, err := o.Desk.Template(ctx, o.Registrar, "transcript")
		if err != nil {
			t.Fatal(err)
		}
		if p, err = o.Desk.PreviewWith(ctx, o.Registrar, noor, by); err != nil || p.Before != amara || len(p.Unsigned) != 0 || p.LeftOut != 1 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestTemplates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		o := registrartest.New(t, db)
		all, err := o.Desk.Templates(ctx, o.Registrar)
		if err != nil || len(all) != len(registrar.TemplateKinds) {
			t.Fatalf("%+v, %v", all, err)
		}
		own, err := o.Desk.SaveTemplate(ctx, o.Registrar, record.Template{Name: "Official transcript", Kind: "transcript", Types: []string{"Course", "ext:Lab"}})
		if err != nil || !own.Takes("ext:Lab") || own.Takes("Badge") {
			t.Fatalf("%+v, %v", own, err)
		}
		stale := *own
		own.Name = "Transcript"
		if own, err = o.Desk.SaveTemplate(ctx, o.Registrar, *own); err != nil {
			t.Fatal(err)
		}
		_, err = o.Desk.SaveTemplate(ctx, o.Registrar, stale)
		wantKind(t, err, record.Conflict)
		for _, bad := range []record.Template{{Kind: "transcript", Types: []string{"Course"}}, {Name: "x", Kind: "diary"}, {Name: "x", Kind: "transcript"}, {Name: "x", Kind: "transcript", Types: []string{"Nothing"}}} {
			_, err := o.Desk.SaveTemplate(ctx, o.Registrar, bad)
			wantKind(t, err, record.Invalid)
		}
		_, err = o.Desk.SaveTemplate(ctx, o.Approver, stale)
		wantKind(t, err, record.Forbidden)
		if err := o.Desk.DropTemplate(ctx, o.Registrar, own.ID); err != nil {
			t.Error(err)
		}
		_, err = o.Desk.Template(ctx, o.Registrar, own.ID)
		wantKind(t, err, record.NotFound)
	})
}

const skills = "identifier,fullStatement,humanCodingScheme,isChildOf\n" +
	"5b0c9d2e-7a41-4c1e-9f35-1d6a2b7c0001,Work with data,A,\n5b0c9d2e-7a41-4c1e-9f35-1d6a2b7c0002,Clean data,A.1,A\n5b0c9d2e-7a41-4c1e-9f35-1d6a2b7c0003,Show data,A.2,A\n"

// TestUploadFramework reads a framework, finds items in it, shows it or not, and writes it as the documents others read.
func TestUploadFramework(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		o := registrartest.New(t, db)
		f, err := o.Desk.UploadFramework(ctx, o.Registrar, []registrar.File{{Name: "skills.csv", Data: []byte(skills)}}, false)
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.Desk.Framework(ctx, record.Actor{}, f.ID)
		wantKind(t, err, record.NotFound)
		hits, err := o.Desk.SearchFrameworks(ctx, o.Registrar, "clean DATA", "")
		if err != nil || len(hits) != 1 || hits[0].Node.Code != "A.1" || hits[0].Type != "CFItem" {
			t.Errorf("%+v, %v", hits, err)
		}
		if err := o.Desk.ShowFramework(ctx, o.Registrar, f.ID, true); err != nil {
			t.Fatal(err)
		}
		v, err := o.Desk.Framework(ctx, record.Actor{}, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		tree := v.Read.Tree("", 100)
		if len(tree) != 1 || len(tree[0].Below) != 2 || tree[0].Below[1].Node.Name != "Show data" {
			t.Errorf("%+v", tree)
		}
		written, err := v.Read.CASE(framework.Published{URL: v.URL(), Time: v.CreatedAt})
		if err != nil {
			t.Fatal(err)
		}
		back, err := framework.Read(written)
		if err != nil || len(back.Nodes) != 3 || back.Kind != "case" || len(back.Tree("", 100)) != 1 {
			t.Errorf("CASE does not read back: %+v, %v", back, err)
		}
		linked, err := v.Read.JSONLD()
		if err != nil {
			t.Fatal(err)
		}
		if back, err = framework.Read(linked); err != nil || back.Kind != "ctdl" || len(back.Tree("", 100)) != 1 {
			t.Errorf("CTDL-ASN does not read back: %+v, %v", back, err)
		}
		wantKind(t, o.Desk.RemoveFramework(ctx, o.Approver, f.ID), record.Forbidden)
		if err := o.Desk.RemoveFramework(ctx, o.Registrar, f.ID); err != nil {
			t.Error(err)
		}
		_, err = o.Desk.Framework(ctx, o.Registrar, f.ID)
		wantKind(t, err, record.NotFound)
	})
}

// TestHostileFrameworks: what is no framework, too large, or unfolds without end is refused with a sentence; circles and
// long chains are shown and end.
func TestHostileFrameworks(t *testing.T) {
	ctx := t.Context()
	o := registrartest.New(t, storetest.SQLite(t))
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for n := range 3 {
		w, err := z.Create(fmt.Sprintf("skills_%d.csv", n))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte("0"), 30<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "json": []byte(`{"a":1}`), "deep": []byte(strings.Repeat("[", 100_000)), "empty case": []byte(`{"CFDocument":{"title":"x"},"CFItems":[]}`),
		"columns": []byte("a,b\n1,2\n"), "zip bomb": bomb.Bytes(), "latin 1": []byte("fullStatement\n\xe9t\xe9\n"),
	} {
		_, err := o.Desk.UploadFramework(ctx, o.Registrar, []registrar.File{{Name: "x", Data: bad}}, true)
		if k := record.KindOf(err); k != record.Invalid && k != record.TooLarge {
			t.Errorf("%s: got %v", name, err)
		}
	}
	var chain strings.Builder
	chain.WriteString("fullStatement,humanCodingScheme,isChildOf\n")
	for n := range 2000 {
		fmt.Fprintf(&chain, "<script>alert(%d)</script>,N%d,N%d\n", n, n, (n+1)%2000) // a circle of two thousand
	}
	f, err := o.Desk.UploadFramework(ctx, o.Registrar, []registrar.File{{Name: "chain.csv", Data: []byte(chain.String())}}, true)
	if err != nil {
		t.Fatal(err)
	}
	v, err := o.Desk.Framework(ctx, record.Actor{}, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	var count func(list []*framework.Branch, depth int)
	count = func(list []*framework.Branch, depth int) {
		if depth > 20 {
			t.Fatal("the tree is deeper than a page may be")
		}
		for _, b := range list {
			shown++
			count(b.Below, depth+1)
		}
	}
	count(v.Read.Tree("", 500), 0)
	if shown == 0 || shown > 500 {
		t.Errorf("the tree shows %d items, want 1 to 500", shown)
	}
	if above := v.Read.Above(v.Read.Nodes[0].ID); len(above) != 1999 {
		t.Errorf("%d items are above, want 1999", len(above))
	}
}
