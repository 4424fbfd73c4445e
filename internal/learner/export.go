package learner

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

const readme = `Your learner record, exactly as it was signed.

record.json            the whole record (Comprehensive Learner Record 2.0)
credentials/           each credential of it on its own (Open Badges 3.0)
documents/             what the institution published when this was made: its DID document, profile and status lists
documents.json         which of these documents answers for which address

Anybody can check a file, with any verifier for these standards, or with

    laurel verify record.json

and without a network, by the state of the day on which this was made, with

    laurel verify --offline --documents documents.json record.json

Do not edit the files: a changed file does not verify.
`

// Export gives everything to take along, as one ZIP that verifies without a server of ours.
func (d *Desk) Export(ctx context.Context, actor record.Actor) (*Export, error) {
	const op = "learner.Export"
	var clr *record.Credential
	var parts []*record.Credential
	var docs []*record.Document
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if clr, err = tx.CurrentCredential(ctx, l.RecordID); err != nil {
			if record.KindOf(err) == record.NotFound {
				return record.Errorf(record.NotFound, op, "nothing has been issued to you yet")
			}
			return err
		}
		if parts, err = tx.CurrentOfLearner(ctx, l.ID, "AchievementCredential"); err != nil {
			return err
		}
		if docs, err = tx.Documents(ctx, l.Institution); err != nil {
			return err
		}
		return tx.Append(ctx, &record.Event{Institution: l.Institution, At: d.now(), Actor: actor.ID(), Action: "record.exported", Object: "learner/" + string(l.ID), Learner: l.ID})
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	b, err := pack(clr, parts, docs)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return &Export{FileName: "learner-record.zip", ContentType: "application/zip", Bytes: b}, nil
}

func pack(clr *record.Credential, parts []*record.Credential, docs []*record.Document) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	add := func(name string, b []byte) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: clr.ValidFrom})
		if err != nil {
			return err
		}
		_, err = io.Copy(w, bytes.NewReader(b))
		return err
	}
	if err := add("README.txt", []byte(readme)); err != nil {
		return nil, err
	}
	if err := add("record.json", clr.Bytes); err != nil {
		return nil, err
	}
	for _, c := range parts {
		if err := add("credentials/"+c.PathID+".json", c.Bytes); err != nil {
			return nil, err
		}
	}
	where := map[string]string{}
	for n, doc := range docs {
		name := fmt.Sprintf("documents/%02d.json", n+1)
		where[doc.URL] = name
		if err := add(name, doc.Bytes); err != nil {
			return nil, err
		}
	}
	index, err := ijson.Marshal(where)
	if err != nil {
		return nil, err
	}
	if err := add("documents.json", index); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
