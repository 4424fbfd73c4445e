package server

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
)

// The demonstration is a small invented university. Its catalogue, people and awards are the registrar's own files, and
// they go through the same import, approval and issuing as anybody's.
//
//go:embed demo/*.csv demo/framework.json demo/analyst.json
var demoFiles embed.FS

const (
	demoSlug  = "rowan-valley"
	demoValid = 366 * 24 * time.Hour
)

// demoPlaces is what a program needs to find its way in the demonstration: demo.json (the contract, section 5).
type demoPlaces struct {
	Registrar  demoPlace   `json:"registrar"`
	Approver   demoPlace   `json:"approver"`
	Learner    demoPlace   `json:"learner"`
	Learners   []demoPlace `json:"learners"`
	Share      demoPlace   `json:"share"`
	ShareWhole demoPlace   `json:"shareWhole"`
	Broken     demoPlace   `json:"broken"`
	Verify     demoPlace   `json:"verify"`
	API        demoAPI     `json:"api"`
	VCAPI      demoPlace   `json:"vcApi"`
	Documents  string      `json:"documents"`
}

type demoPlace struct {
	Name string `json:"name,omitempty"`
	URL  string `json:"url"`
	CLR  string `json:"clr,omitempty"`
}

// demoAPI is where programs ask, with a key of the registrar's and one of the first learner's.
type demoAPI struct {
	BaseURL      string `json:"baseUrl"`
	Token        string `json:"token"`
	LearnerToken string `json:"learnerToken"`
}

// demo fills an empty database with the demonstration, or finds it there, and prints the ways in.
func (s *Server) demo(ctx context.Context, out io.Writer) error {
	var inst *record.Institution
	err := s.DB.View(ctx, func(tx *store.Tx) (err error) {
		inst, err = tx.InstitutionBySlug(ctx, demoSlug)
		return err
	})
	file := filepath.Join(s.Config.Data, "demo.json")
	places := &demoPlaces{}
	switch {
	case record.KindOf(err) == record.NotFound:
		if err := s.markDemo(ctx); err != nil {
			return err
		}
		if inst, places, err = s.seed(ctx); err != nil {
			return fmt.Errorf("the demonstration cannot be made: %w", err)
		}
	case err != nil:
		return err
	case inst.Root() != s.Config.BaseURL():
		return fmt.Errorf("the demonstration in %s was made for %s, and its credentials carry that address; start with --public-url %s or another --data", s.Config.Data, inst.Root(), inst.Root())
	default:
		data, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(data, places)
		}
		if err != nil {
			return fmt.Errorf("%s, which holds the sign-in links of the demonstration, cannot be read: %w; remove the folder %s to begin again", file, err, s.Config.Data)
		}
	}
	if places.Documents, err = s.demoDocuments(ctx, inst); err != nil {
		return err
	}
	places.API.BaseURL, places.VCAPI = inst.Root()+"/api", demoPlace{URL: inst.Root() + "/vc-api"}
	if err := s.demoKeys(ctx, inst, &places.API); err != nil {
		return err
	}
	data, err := json.MarshalIndent(places, "", "  ")
	if err != nil {
		return err
	}
	err = os.WriteFile(file+".new", append(data, '\n'), 0o600)
	if err == nil {
		err = os.Rename(file+".new", file) // whole or not at all, whenever the program is killed
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", file, err)
	}
	if err := os.Remove(s.Config.demoMark()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fmt.Fprintf(out, "%s, a demonstration. Sign in as\n", inst.Name)
	for _, p := range []struct {
		role  string
		place demoPlace
	}{{"registrar", places.Registrar}, {"approver", places.Approver}, {"learner", places.Learners[0]}, {"learner", places.Learners[4]}} {
		fmt.Fprintf(out, "  %-9s  %-18s  %s\n", p.role, p.place.Name, p.place.URL)
	}
	fmt.Fprintf(out, "An employer was given  %s\nA record with a changed grade is at  %s\nAnybody checks a record at  %s\n", places.Share.URL, places.Broken.URL, places.Verify.URL)
	return nil
}

// seed makes the institution, its people, and their records.
func (s *Server) seed(ctx context.Context) (*record.Institution, *demoPlaces, error) {
	base := s.Config.BaseURL()
	system := record.System("")
	inst, err := s.Registrar.AddInstitution(ctx, system, record.Institution{
		Slug: demoSlug, Name: "Rowan Valley University", BaseURL: base,
		Profile: record.Profile{Description: "An invented university, for demonstration.", URL: base + "/about", Email: "registrar@rowanvalley.example",
			Accent: "#0F5E63", Language: "en"}, // no test space: its records verify, as those of an institution do
		Policy: record.Policy{TwoPeople: true, OpenRecords: true, WalletCopies: true},
	})
	if err != nil {
		return nil, nil, err
	}
	d := &seeding{Server: s, inst: inst, system: record.System(inst.ID), places: &demoPlaces{Verify: demoPlace{URL: base + "/verify"}}}
	for _, step := range []func(context.Context) error{d.staff, d.awards, d.learners, d.events, d.goals, d.shares, d.broken, d.drafts} {
		if err := step(ctx); err != nil {
			return nil, nil, err
		}
	}
	return inst, d.places, nil
}

// seeding is the making of the demonstration, step by step.
type seeding struct {
	*Server
	inst      *record.Institution
	system    record.Actor
	registrar record.Actor
	approver  record.Actor
	first     record.Actor // the first learner
	places    *demoPlaces
}

// account adds an account and a sign-in link for it.
func (d *seeding) account(ctx context.Context, n account.NewAccount) (record.Actor, demoPlace, error) {
	n.Institution = d.inst.ID
	a, err := d.Accounts.Add(ctx, d.system, n)
	if err != nil {
		return record.Actor{}, demoPlace{}, err
	}
	link, err := d.Accounts.NewLink(ctx, d.system, a.ID, demoValid, true)
	if err != nil {
		return record.Actor{}, demoPlace{}, err
	}
	return a.Actor(), demoPlace{Name: n.Name, URL: d.inst.Root() + "/sign-in/" + link.Token}, nil
}

func (d *seeding) staff(ctx context.Context) (err error) {
	d.registrar, d.places.Registrar, err = d.account(ctx, account.NewAccount{Email: "ingrid.solheim@rowanvalley.example", Name: "Ingrid Solheim", Roles: []record.Role{record.RoleRegistrar}})
	if err != nil {
		return err
	}
	d.approver, d.places.Approver, err = d.account(ctx, account.NewAccount{Email: "daniel.mensah@rowanvalley.example", Name: "Daniel Mensah", Roles: []record.Role{record.RoleApprover}})
	return err
}

// demoFile reads one of the registrar's files with this server's address in it.
func (d *seeding) demoFile(name string) (registrar.File, error) {
	data, err := demoFiles.ReadFile("demo/" + name)
	return registrar.File{Name: name, Data: bytes.ReplaceAll(data, []byte("{{base}}"), []byte(d.inst.Root()))}, err
}

// awards imports the catalogue and the awards, approves and issues them. The first are sealed with a key whose seals hold
// for a part, so that a learner can leave out a grade; the rest, and the records, with one of the usual kind.
func (d *seeding) awards(ctx context.Context) error {
	framework, err := d.demoFile("framework.json")
	if err != nil {
		return err
	}
	err = d.Registrar.AddFramework(ctx, d.registrar, record.Framework{IRI: d.inst.Root() + "/ims/case/v1p1/CFDocuments/5b0c9d2e-7a41-4c1e-9f35-1d6a2b7c0000",
		Title: "Rowan Valley graduate capabilities", Kind: "case", Body: framework.Data, Public: true})
	if err != nil {
		return err
	}
	if _, err := d.Registrar.RotateKey(ctx, d.registrar, "p256-sd"); err != nil {
		return err
	}
	if err := d.issue(ctx, "demo-in-parts", "awards-in-parts"); err != nil {
		return err
	}
	if _, err := d.Registrar.RotateKey(ctx, d.registrar, "ed25519"); err != nil {
		return err
	}
	return d.issue(ctx, "demo", "awards")
}

// issue imports the registrar's files with one of awards, approves what is in that and issues it.
func (d *seeding) issue(ctx context.Context, source, awards string) error {
	req := registrar.ImportRequest{Format: "csv-full", Source: source}
	for _, name := range []string{"achievements", "results", "rubric-levels", "alignments", "associations", "learners", awards} {
		f, err := d.demoFile(name + ".csv")
		if err != nil {
			return err
		}
		f.Name = strings.Replace(f.Name, "-in-parts", "", 1) // the format tells its tables by the names of the files
		req.Files = append(req.Files, f)
	}
	done, err := d.Registrar.Import(ctx, d.registrar, req)
	if err != nil {
		return err
	}
	if done.Counts.Rejected > 0 {
		return fmt.Errorf("%d rows of the demonstration were rejected: %v", done.Counts.Rejected, done.Findings)
	}
	return d.approveAndIssue(ctx, done.Batch)
}

func (d *seeding) approveAndIssue(ctx context.Context, batch record.BatchID) error {
	if _, err := d.Registrar.ApproveAll(ctx, d.approver, batch); err != nil {
		return err
	}
	run, err := d.Registrar.Issue(ctx, d.approver)
	if err != nil {
		return err
	}
	for _, item := range run.Items {
		if item.Error != "" {
			return fmt.Errorf("the record of %s was not issued: %s", item.LearnerName, item.Error)
		}
	}
	return nil
}

// learners gives every learner an account. The pages list them in the order of the file.
func (d *seeding) learners(ctx context.Context) error {
	for _, key := range []string{"RV230114", "RV220087", "RV240031", "RV260502", "RV230209", "RV250340", "RV210055", "RV190012"} {
		l, err := d.learner(ctx, key)
		if err != nil {
			return err
		}
		actor, place, err := d.account(ctx, account.NewAccount{Email: l.Email, Name: l.Name.Display, Roles: []record.Role{record.RoleLearner}, Learner: l.ID})
		if err != nil {
			return err
		}
		place.CLR = d.inst.RecordURL(l.RecordID)
		if d.places.Learner.URL == "" {
			d.places.Learner, d.first = place, actor
		}
		d.places.Learners = append(d.places.Learners, place)
	}
	return nil
}

func (d *seeding) learner(ctx context.Context, sourceKey string) (*record.Learner, error) {
	all, err := d.Registrar.Learners(ctx, d.registrar, "", "")
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].SourceKey == sourceKey || strings.HasSuffix(all[i].SourceKey, sourceKey) {
			return &all[i], nil
		}
	}
	return nil, fmt.Errorf("no learner with the key %s", sourceKey)
}

// events gives the record a history: one award was withdrawn.
func (d *seeding) events(ctx context.Context) error {
	l, err := d.learner(ctx, "RV250340")
	if err != nil {
		return err
	}
	awards, err := d.Registrar.Awards(ctx, d.registrar, registrar.AwardFilter{Learner: l.ID, Search: "Project Coordination"})
	if err != nil {
		return err
	}
	if len(awards) != 1 {
		return fmt.Errorf("%d awards of Project Coordination, want 1", len(awards))
	}
	return d.Registrar.Revoke(ctx, d.registrar, awards[0].ID, "Entered for the wrong person.")
}

// shares makes what an employer is given: a choice of four items, and a whole record.
func (d *seeding) shares(ctx context.Context) error {
	mine, err := d.Learner.MyRecord(ctx, d.first)
	if err != nil {
		return err
	}
	wanted := []string{"BSc Data Science", "SQL querying", "Data visualisation", "Data Science Capstone"}
	req := learner.ShareRequest{Label: "City Transit — analyst role", Audience: "City Transit", AllowDownload: true, ExpiresAt: time.Now().AddDate(0, 3, 0),
		Note: "My degree, two assessed skills and the project that I am proudest of."}
	for _, name := range wanted {
		for _, item := range mine.Items {
			if item.Name == name {
				req.Items = append(req.Items, item.Ref)
			}
		}
	}
	if len(req.Items) != len(wanted) {
		return fmt.Errorf("the record has %d of the %d items to share", len(req.Items), len(wanted))
	}
	share, err := d.Learner.Share(ctx, d.first, req)
	if err != nil {
		return err
	}
	d.places.Share = demoPlace{Name: req.Label, URL: cmp.Or(share.URL, d.inst.Root()+"/shares/"+share.Token)}
	whole, err := d.Learner.Share(ctx, d.first, learner.ShareRequest{Whole: true, Label: "Graduate school", Audience: "Graduate school", AllowDownload: true, ExpiresAt: time.Now().AddDate(0, 6, 0)})
	if err != nil {
		return err
	}
	d.places.ShareWhole = demoPlace{Name: "Graduate school", URL: cmp.Or(whole.URL, d.inst.Root()+"/shares/"+whole.Token)}
	return nil
}

// broken keeps an altered copy of a record, as somebody would pass it around: a B- became an A.
func (d *seeding) broken(ctx context.Context) error {
	l, err := d.learner(ctx, "RV250340")
	if err != nil {
		return err
	}
	return d.DB.Update(ctx, func(tx *store.Tx) error {
		c, err := tx.CurrentCredential(ctx, l.RecordID)
		if err != nil {
			return err
		}
		altered := bytes.Replace(c.Bytes, []byte(`"value":"B-"`), []byte(`"value":"A"`), 1)
		if bytes.Equal(altered, c.Bytes) {
			return fmt.Errorf("the record to be altered has no grade B-")
		}
		copied := *c
		copied.ID, copied.PathID, copied.Bytes, copied.SHA256 = record.CredentialID(record.NewID()), record.NewID(), altered, record.Sum(altered)
		copied.URI, copied.Kind, copied.Name = d.inst.RecordURL(copied.PathID), "AlteredCopy", c.Name+" (altered)"
		copied.StatusList, copied.StatusIndex = "none", -1
		d.places.Broken = demoPlace{Name: copied.Name, URL: copied.URI}
		return tx.AddCredential(ctx, &copied)
	})
}

// drafts leaves something for the approver to do.
func (d *seeding) drafts(ctx context.Context) error {
	f, err := d.demoFile("autumn-2026.csv")
	if err != nil {
		return err
	}
	_, err = d.Registrar.Import(ctx, d.registrar, registrar.ImportRequest{Format: "csv", Source: "demo", Files: []registrar.File{f}})
	return err
}

// demoDocuments writes what the institution publishes as files, with the map by which `laurel verify --documents` finds
// them: DID documents by their https address, as the did:web method writes it.
func (s *Server) demoDocuments(ctx context.Context, inst *record.Institution) (string, error) {
	var docs []*record.Document
	err := s.DB.View(ctx, func(tx *store.Tx) (err error) {
		docs, err = tx.Documents(ctx, inst.ID)
		return err
	})
	if err != nil {
		return "", err
	}
	dir := filepath.Join(s.Config.Data, "demo-documents")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("%s cannot be made: %w", dir, err)
	}
	index := map[string]string{}
	for i, doc := range docs {
		name := fmt.Sprintf("%d.json", i+1)
		if err := os.WriteFile(filepath.Join(dir, name), doc.Bytes, fs.FileMode(0o600)); err != nil {
			return "", err
		}
		_, rest, _ := strings.Cut(doc.URL, "://")
		index["https://"+rest], index["http://"+rest] = name, name
	}
	data, err := json.MarshalIndent(index, "", "  ")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "map.json")
	if abs, err := filepath.Abs(file); err == nil {
		file = abs
	}
	return file, os.WriteFile(file, append(data, '\n'), 0o600)
}
