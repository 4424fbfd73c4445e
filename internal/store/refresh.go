package store

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

// Refreshed reads the newest version of a credential for whoever holds an older one: of a whole record the newest version
// before anything was added that the older one has not. It is not there where the institution does not serve it, and while
// the learner's record is held back.
func (tx *Tx) Refreshed(ctx context.Context, pathID string, revision int64) (*record.Credential, error) {
	const op = "store.Refreshed"
	c, err := get(ctx, tx, op, scanCredential,
		`SELECT n.id, n.path_id, n.uri, n.revision, n.institution_id, n.learner_id, n.award_id, n.kind, n.name, n.issuer, n.subject, n.suite,
		 n.valid_from, n.valid_until, n.sha256, n.state, n.status_list, n.status_index, n.run_id, n.key_id, n.created_at, n.bytes
		 FROM credentials n JOIN credentials o ON o.path_id = n.path_id AND o.revision = $2
		 WHERE n.path_id = $1 AND n.revision >= $2 AND (n.kind <> 'ClrCredential' OR NOT EXISTS (
		   SELECT 1 FROM credentials a WHERE a.learner_id = n.learner_id AND a.kind <> 'ClrCredential' AND a.revision = 1
		   AND a.created_at > o.created_at AND a.created_at <= n.created_at))
		 ORDER BY n.revision DESC LIMIT 1`, pathID, revision)
	if err != nil {
		return nil, err
	}
	i, err := tx.Institution(ctx, c.Institution)
	if err != nil {
		return nil, err
	}
	held, err := tx.OnHold(ctx, c.Learner, record.HoldDirectory, record.HoldRelease)
	if err != nil {
		return nil, err
	}
	if !i.Policy.Refresh || held {
		return nil, record.Errorf(record.NotFound, op, "there is no newer version to be had here")
	}
	return c, nil
}

// refreshed answers for a refresh address of this house, so that its own verifier needs no network for it.
func (tx *Tx) refreshed(ctx context.Context, address string) (*record.Document, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, record.Errorf(record.NotFound, "store.refreshed", "this is no address")
	}
	parts := strings.Split(u.Path, "/")
	n := len(parts)
	if n < 4 || parts[n-3] != "refresh" {
		return nil, record.Errorf(record.NotFound, "store.refreshed", "this is no refresh address")
	}
	revision, err := strconv.ParseInt(parts[n-1], 10, 64)
	if err != nil {
		return nil, record.Errorf(record.NotFound, "store.refreshed", "this is no refresh address")
	}
	c, err := tx.Refreshed(ctx, parts[n-2], revision)
	if err != nil {
		return nil, err
	}
	i, err := tx.Institution(ctx, c.Institution)
	if err != nil {
		return nil, err
	}
	if address != i.RefreshURL(parts[n-2], revision) { // another host's
		return nil, record.Errorf(record.NotFound, "store.refreshed", "this is another host's address")
	}
	return &record.Document{URL: address, Institution: c.Institution, ContentType: "application/vc", Bytes: c.Bytes, SHA256: c.SHA256, UpdatedAt: c.CreatedAt}, nil
}
