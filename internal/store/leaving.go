package store

import (
	"context"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

// leavings are the tables of personals that a learner made or let in, each with the condition for its rows: what they can
// delete themselves. What the office wrote, or must be able to show, is in none of them. Those that refer to others come
// first.
var leavings = []personal{
	{table: "wallet_deliveries", rows: `offer_id IN (SELECT id FROM wallet_offers WHERE learner_id = $1)`},
	{table: "wallet_offers", rows: `learner_id = $1`},
	{table: "oauth_spent", rows: `grant_id IN (SELECT id FROM oauth_grants WHERE learner_id = $1)`},
	{table: "oauth_tokens", rows: `grant_id IN (SELECT id FROM oauth_grants WHERE learner_id = $1)`},
	{table: "oauth_grants", rows: `learner_id = $1`},
	{table: "hosts", rows: `learner_id = $1`},
	{table: "learner_profiles", rows: `learner_id = $1`},
	{table: "goals", rows: `learner_id = $1`},
	{table: "reflections", rows: `learner_id = $1`},
	{table: "confirmations", rows: `learner_id = $1`},
	{table: "statements", rows: `learner_id = $1`},
	{table: "item_answers", rows: `learner_id = $1`},
	{table: "curations", rows: `learner_id = $1`},
	{table: "identities", rows: `learner_id = $1`},
	{table: "receipts", rows: `learner_id = $1`},
	{table: "share_presentations", rows: `share_id IN (SELECT id FROM shares WHERE learner_id = $1)`},
	{table: "share_openings", rows: `share_id IN (SELECT id FROM shares WHERE learner_id = $1)`},
	{table: "share_items", rows: `share_id IN (SELECT id FROM shares WHERE learner_id = $1)`},
	{table: "shares", rows: `learner_id = $1`},
	{table: "learner_keys", rows: `learner_id = $1`},
	{table: "held", rows: `learner_id = $1`},
	{table: "api_keys", rows: `learner_id = $1`},
	{table: "passkeys", rows: `account_id IN (SELECT id FROM accounts WHERE learner_id = $1)`},
	{table: "campus_subjects", rows: `account_id IN (SELECT id FROM accounts WHERE learner_id = $1)`},
	{table: "signin_links", rows: `account_id IN (SELECT id FROM accounts WHERE learner_id = $1)`},
	{table: "accounts", rows: `learner_id = $1`},
}

// DeletedByLearner reports whether a table's rows go when their learner leaves.
func DeletedByLearner(table string) bool {
	for _, l := range leavings {
		if l.table == table {
			return true
		}
	}
	return false
}

// Leave deletes what a learner made or let in, the account among it, and ends its sessions.
func (tx *Tx) Leave(ctx context.Context, learner record.LearnerID, account record.AccountID) error {
	const op = "store.Leave"
	for _, l := range leavings {
		if _, err := tx.exec(ctx, op, `DELETE FROM `+quote(l.table)+` WHERE `+l.rows, learner); err != nil {
			return err
		}
	}
	for _, change := range scrubs[tx.db.dialect.name] {
		if !strings.HasPrefix(change, "DELETE FROM sessions") {
			continue
		}
		if _, err := tx.exec(ctx, op, change, string(account)); err != nil {
			return err
		}
	}
	return nil
}
