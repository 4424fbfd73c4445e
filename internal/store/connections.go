package store

import (
	"context"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

const hostColumns = `id, institution_id, account_id, learner_id, address, name, endpoints, client, sealed, state_hash, state, trouble, next_page,
 done, total, created_at, updated_at, version, follow, delivered`

func scanHost(s scanner) (*record.Host, error) {
	var h record.Host
	var endpoints []byte
	var created, updated, follow int64
	err := s.Scan(&h.ID, &h.Institution, &h.Account, &h.Learner, &h.Address, &h.Name, &endpoints, &h.Client, &h.Sealed, &h.StateHash, &h.State, &h.Trouble, &h.Next,
		&h.Done, &h.Total, &created, &updated, &h.Version, &follow, &h.Delivered)
	if err != nil {
		return nil, err
	}
	h.Follow = follow != 0
	h.CreatedAt, h.UpdatedAt = at(created), at(updated)
	return &h, json.Unmarshal(endpoints, &h.Endpoints)
}

// AddHost writes a new connection.
func (tx *Tx) AddHost(ctx context.Context, h *record.Host) error {
	_, err := tx.exec(ctx, "store.AddHost",
		`INSERT INTO hosts (id, institution_id, account_id, learner_id, address, name, endpoints, client, sealed, state_hash, state, trouble, next_page,
		 done, total, created_at, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1)`,
		h.ID, h.Institution, h.Account, h.Learner, h.Address, h.Name, text(h.Endpoints), h.Client, h.Sealed, h.StateHash, h.State, h.Trouble, h.Next,
		h.Done, h.Total, micros(h.CreatedAt), micros(h.UpdatedAt))
	h.Version = 1
	return err
}

// ChangeHost writes the version that was read.
func (tx *Tx) ChangeHost(ctx context.Context, h *record.Host) error {
	follow := 0
	if h.Follow {
		follow = 1
	}
	err := tx.one(ctx, "store.ChangeHost",
		`UPDATE hosts SET sealed = $1, state_hash = $2, state = $3, trouble = $4, next_page = $5, done = $6, total = $7, updated_at = $8, follow = $9, delivered = $10,
		 version = version + 1 WHERE id = $11 AND version = $12`,
		h.Sealed, h.StateHash, h.State, h.Trouble, h.Next, h.Done, h.Total, micros(h.UpdatedAt), follow, h.Delivered, h.ID, h.Version)
	if err == nil {
		h.Version++
	}
	return err
}

// Host reads one connection.
func (tx *Tx) Host(ctx context.Context, id record.HostID) (*record.Host, error) {
	return get(ctx, tx, "store.Host", scanHost, `SELECT `+hostColumns+` FROM hosts WHERE id = $1`, id)
}

// HostByState reads the connection whose attempt waits under the hash of a state.
func (tx *Tx) HostByState(ctx context.Context, hash string) (*record.Host, error) {
	return get(ctx, tx, "store.HostByState", scanHost, `SELECT `+hostColumns+` FROM hosts WHERE state_hash = $1`, hash)
}

// HostsOfLearner reads a learner's connections, newest first.
func (tx *Tx) HostsOfLearner(ctx context.Context, learner record.LearnerID) ([]*record.Host, error) {
	return list(ctx, tx, "store.HostsOfLearner", scanHost,
		`SELECT `+hostColumns+` FROM hosts WHERE learner_id = $1 ORDER BY created_at DESC, id`, learner)
}

// HostsBehind reads connections whose learner wants each new record sent and whose host has not taken the one in force.
func (tx *Tx) HostsBehind(ctx context.Context, limit int) ([]*record.Host, error) {
	return list(ctx, tx, "store.HostsBehind", scanHost,
		`SELECT `+hostColumns+` FROM hosts h WHERE h.follow = 1 AND h.state IN ('pulled', 'pushed') AND EXISTS (
		 SELECT 1 FROM learners l JOIN credentials c ON c.path_id = l.record_id AND c.state = 'current' WHERE l.id = h.learner_id AND c.sha256 <> h.delivered)
		 ORDER BY h.updated_at, h.id LIMIT $1`, limit)
}

// CountFollowed counts an institution's connections by which records go out by themselves, by where they stand.
func (tx *Tx) CountFollowed(ctx context.Context, inst record.InstitutionID) (map[record.HostState]int, error) {
	type row struct {
		state record.HostState
		n     int
	}
	rows, err := list(ctx, tx, "store.CountFollowed", func(s scanner) (r row, err error) { err = s.Scan(&r.state, &r.n); return },
		`SELECT state, count(*) FROM hosts WHERE institution_id = $1 AND follow = 1 GROUP BY state`, inst)
	out := map[record.HostState]int{}
	for _, r := range rows {
		out[r.state] = r.n
	}
	return out, err
}

// DeleteHost deletes a connection with its tokens.
func (tx *Tx) DeleteHost(ctx context.Context, id record.HostID) error {
	_, err := tx.exec(ctx, "store.DeleteHost", `DELETE FROM hosts WHERE id = $1`, id)
	return err
}

// HostClient reads our registration at an authorization server.
func (tx *Tx) HostClient(ctx context.Context, register string) (*record.HostClient, error) {
	return get(ctx, tx, "store.HostClient", func(s scanner) (*record.HostClient, error) {
		var c record.HostClient
		var created int64
		err := s.Scan(&c.Register, &c.Client, &c.Sealed, &created)
		c.CreatedAt = at(created)
		return &c, err
	}, `SELECT register_url, client, sealed, created_at FROM host_clients WHERE register_url = $1`, register)
}

// PutHostClient writes our registration at an authorization server.
func (tx *Tx) PutHostClient(ctx context.Context, c *record.HostClient) error {
	_, err := tx.exec(ctx, "store.PutHostClient",
		`INSERT INTO host_clients (register_url, client, sealed, created_at) VALUES ($1, $2, $3, $4)
		 ON CONFLICT (register_url) DO UPDATE SET client = $2, sealed = $3, created_at = $4`, c.Register, c.Client, c.Sealed, micros(c.CreatedAt))
	return err
}

// DropHostClient forgets our registration at an authorization server, which no longer knows it.
func (tx *Tx) DropHostClient(ctx context.Context, register string) error {
	_, err := tx.exec(ctx, "store.DropHostClient", `DELETE FROM host_clients WHERE register_url = $1`, register)
	return err
}
