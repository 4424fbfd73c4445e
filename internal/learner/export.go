package learner

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// ExportWords are the sentences of an export, in the learner's language.
type ExportWords struct {
	Lang, Dir   string
	Readme      string // README.txt
	Title, Lede string // of index.html
	Record, Own string // headings: what was issued and kept; what the learner made
}

// taken is everything that a learner takes along.
type taken struct {
	learner  *record.Learner
	clr      *record.Credential
	parts    []*record.Credential
	bases    map[record.CredentialID][]byte
	kept     []*record.Held
	stated   []Stated
	docs     []*record.Document
	own      map[string]any // by file
	ownOrder []string
}

// Export gives everything to take along, as one ZIP that opens and verifies without a server of ours.
func (d *Desk) Export(ctx context.Context, actor record.Actor, words *ExportWords) (*Export, error) {
	const op = "learner.Export"
	t := &taken{own: map[string]any{}}
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if t.learner, err = self(ctx, tx, op, actor); err != nil {
			return err
		}
		if err := d.take(ctx, tx, t); err != nil {
			return err
		}
		return tx.Append(ctx, &record.Event{Institution: t.learner.Institution, At: d.now(), Actor: actor.ID(), Action: "record.exported", Object: "learner/" + string(t.learner.ID), Learner: t.learner.ID})
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	b, err := pack(t, words, d.now())
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return &Export{FileName: "learner-record.zip", ContentType: "application/zip", Bytes: b}, nil
}

// take reads everything of a learner's.
func (d *Desk) take(ctx context.Context, tx *store.Tx, t *taken) error {
	l := t.learner
	var err error
	if t.clr, err = tx.CurrentCredential(ctx, l.RecordID); err != nil && record.KindOf(err) != record.NotFound {
		return err
	}
	if t.parts, err = tx.CurrentOfLearner(ctx, l.ID, "AchievementCredential"); err != nil {
		return err
	}
	if t.bases, err = tx.Bases(ctx, l.ID); err != nil {
		return err
	}
	if t.docs, err = tx.Documents(ctx, l.Institution); err != nil {
		return err
	}
	if t.kept, err = tx.HeldOfLearner(ctx, l.ID); err != nil {
		return err
	}
	if t.stated, err = statements(ctx, tx, l); err != nil {
		return err
	}
	if err := d.takeShares(ctx, tx, t); err != nil {
		return err
	}
	return d.takeOwn(ctx, tx, t)
}

func (t *taken) add(name string, v any) {
	t.own[name], t.ownOrder = v, append(t.ownOrder, name)
}

// takeOwn reads what the learner wrote and decided.
func (d *Desk) takeOwn(ctx context.Context, tx *store.Tx, t *taken) error {
	l := t.learner
	for _, part := range []struct {
		name string
		read func() (any, error)
	}{
		{"statements.json", func() (any, error) { return confirmationsOf(t.stated), nil }},
		{"goals.json", func() (any, error) { return goalsOf(ctx, tx, l.ID) }},
		{"notes.json", func() (any, error) { return tx.Reflections(ctx, l.ID) }},
		{"choices.json", func() (any, error) { return tx.CurationsOf(ctx, l.ID) }},
		{"answers.json", func() (any, error) { return tx.ItemAnswers(ctx, l.ID) }},
		{"requests.json", func() (any, error) { return asked(ctx, tx, l.ID) }},
		{"mails-off.json", func() (any, error) { return tx.NoticesOff(ctx, l.ID) }},
		{"addresses.json", func() (any, error) { return addressesOf(ctx, tx, l) }},
	} {
		v, err := part.read()
		if err != nil {
			return err
		}
		t.add(part.name, v)
	}
	return nil
}

// confirmationsOf is what others said about the learner's statements; the statements themselves are files of their own.
func confirmationsOf(stated []Stated) any {
	type said struct {
		record.StatementBody
		ID            record.StatementID `json:"id"`
		Confirmations []map[string]string
	}
	out := []said{}
	for _, s := range stated {
		v := said{StatementBody: s.Body, ID: s.ID}
		for _, c := range s.Confirmations {
			v.Confirmations = append(v.Confirmations, map[string]string{"email": c.Email, "answer": string(c.Answer), "name": c.Name, "role": c.Role, "text": c.Text, "at": c.Answered.Format(time.RFC3339)})
		}
		out = append(out, v)
	}
	return out
}

// goalsOf are the learner's goals; one that was typed has no document that it was read from.
func goalsOf(ctx context.Context, tx *store.Tx, id record.LearnerID) (any, error) {
	all, err := tx.GoalsOf(ctx, id)
	for _, g := range all {
		if len(g.Ground) == 0 {
			g.Ground = nil
		}
	}
	return all, err
}

// asked are the learner's requests with what was written.
func asked(ctx context.Context, tx *store.Tx, id record.LearnerID) (any, error) {
	type thread struct {
		*record.Inquiry
		Messages []record.InquiryMessage
	}
	all, err := tx.InquiriesOf(ctx, id)
	out := []thread{}
	for _, q := range all {
		m, err := tx.InquiryMessages(ctx, q.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, thread{q, m})
	}
	return out, err
}

func addressesOf(ctx context.Context, tx *store.Tx, l *record.Learner) (any, error) {
	to, err := reached(ctx, tx, l)
	if err != nil {
		return nil, err
	}
	all, err := tx.IdentitiesOf(ctx, l.ID)
	out := []map[string]any{{"email": to, "signIn": true}}
	for _, i := range all {
		out = append(out, map[string]any{"email": i.Email, "confirmed": !i.Confirmed.IsZero()})
	}
	return out, err
}

// takeShares reads the learner's links, when each was opened, and what was agreed to. Secrets stay.
func (d *Desk) takeShares(ctx context.Context, tx *store.Tx, t *taken) error {
	type share struct {
		Label, Audience, Note, State string
		Made, Ends, Stopped          string `json:",omitempty"`
		Items                        []string
		Openings                     []record.ShareOpening
	}
	all, err := tx.SharesOfLearner(ctx, t.learner.ID)
	if err != nil {
		return err
	}
	house, err := tx.Institution(ctx, t.learner.Institution)
	if err != nil {
		return err
	}
	shares, receipts := []share{}, []*ConsentReceipt{}
	for _, s := range all {
		v, err := d.view(ctx, tx, s, 0)
		if err != nil {
			return err
		}
		out := share{Label: s.Label, Audience: s.Audience, Note: s.Note, State: v.State, Made: stamp(s.CreatedAt), Ends: stamp(s.ExpiresAt), Stopped: stamp(s.RevokedAt)}
		for _, i := range v.Items {
			out.Items = append(out.Items, i.Name)
		}
		if out.Openings, err = tx.ShareOpenings(ctx, s.ID, s.Openings, 0); err != nil {
			return err
		}
		shares = append(shares, out)
		r, err := tx.Receipt(ctx, s.ID)
		if record.KindOf(err) == record.NotFound { // made before receipts were kept
			continue
		}
		if err != nil {
			return err
		}
		receipts = append(receipts, consent(r, s, t.learner, house))
	}
	t.add("shares.json", shares)
	t.add("receipts.json", receipts)
	return nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// entry is one file of the export, as the index lists it.
type entry struct{ Name, Href, About string }

// pack writes the archive.
func pack(t *taken, words *ExportWords, now time.Time) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	var failed error
	add := func(name string, b []byte) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now})
		if err == nil {
			_, err = io.Copy(w, bytes.NewReader(b))
		}
		if failed == nil {
			failed = err
		}
	}
	add("README.txt", []byte(words.Readme))
	var signed, own []entry
	if t.clr != nil {
		add("record.json", t.clr.Bytes)
		signed = append(signed, entry{t.clr.Name, "record.json", ""})
	}
	for _, c := range t.parts {
		add("credentials/"+c.PathID+".json", c.Bytes)
		signed = append(signed, entry{c.Name, "credentials/" + c.PathID + ".json", ""})
		if base := t.bases[c.ID]; base != nil {
			add("credentials/"+c.PathID+".base.json", base)
		}
	}
	for n, h := range t.kept {
		name := fmt.Sprintf("kept/%03d%s", n+1, ending(h.MediaType))
		add(name, h.Bytes)
		signed = append(signed, entry{h.Name, name, h.IssuerName})
	}
	for n, s := range t.stated {
		name := fmt.Sprintf("stated/%03d.json", n+1)
		add(name, s.Document)
		own = append(own, entry{s.Body.Name, name, ""})
	}
	for _, name := range t.ownOrder {
		b, err := marshal(t.own[name])
		if err != nil {
			return nil, err
		}
		add("own/"+name, b)
		own = append(own, entry{name, "own/" + name, ""})
	}
	where := map[string]string{}
	for n, doc := range t.docs {
		name := fmt.Sprintf("documents/%02d.json", n+1)
		where[doc.URL] = name
		if rest, plain := strings.CutPrefix(doc.URL, "http://"); plain { // a did:web identifier is asked for under https
			where["https://"+rest] = name
		}
		add(name, doc.Bytes)
	}
	index, err := ijson.Marshal(where)
	if err != nil {
		return nil, err
	}
	add("documents.json", index)
	page, err := indexPage(t.learner.Name.Display, words, signed, own)
	if err != nil {
		return nil, err
	}
	add("index.html", page)
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), failed
}

// endings are the usual endings of what a learner keeps, by a part of its media type.
var endings = [][2]string{{"png", ".png"}, {"svg", ".svg"}, {"pdf", ".pdf"}, {"jwt", ".jwt"}}

func ending(mediaType string) string {
	if n := slices.IndexFunc(endings, func(e [2]string) bool { return strings.Contains(mediaType, e[0]) }); n >= 0 {
		return endings[n][1]
	}
	return ".json"
}

// indexSheet is a page that opens from a disk: no script, no style from elsewhere, only the files beside it.
var indexSheet = template.Must(template.New("index").Parse(`<!doctype html>
<html lang="{{.Words.Lang}}" dir="{{.Words.Dir}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{{.Words.Title}}</title>
<style>body{font:1.0625rem/1.5 serif;max-width:42rem;margin:2rem auto;padding:0 1rem}li{padding:.25rem 0}small{display:block}</style></head>
<body><main><h1><bdi>{{.Name}}</bdi></h1><p>{{.Words.Lede}}</p>
{{if .Signed}}<h2>{{.Words.Record}}</h2><ul>{{range .Signed}}<li><a href="{{.Href}}"><bdi>{{.Name}}</bdi></a>{{with .About}} <small><bdi>{{.}}</bdi></small>{{end}}</li>{{end}}</ul>{{end}}
{{if .Own}}<h2>{{.Words.Own}}</h2><ul>{{range .Own}}<li><a href="{{.Href}}"><bdi>{{.Name}}</bdi></a></li>{{end}}</ul>{{end}}
<p><a href="README.txt">README.txt</a></p></main></body></html>
`))

func indexPage(name string, words *ExportWords, signed, own []entry) ([]byte, error) {
	var out bytes.Buffer
	err := indexSheet.Execute(&out, struct {
		Name        string
		Words       *ExportWords
		Signed, Own []entry
	}{name, words, signed, own})
	return out.Bytes(), err
}
