package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

// table is a table as the database describes itself: what a backup needs to know of it.
type table struct {
	name    string
	sqlite  bool
	columns []column
	refers  []string // tables that its rows refer to
}

type column struct {
	name, kind string // the kind is the database's own word for the type, in lower case; SQLite's has no force
	counted    bool   // its default is the next of a sequence
}

func (t table) names() []string {
	out := make([]string, len(t.columns))
	for i, c := range t.columns {
		out[i] = c.name
	}
	return out
}

// plain tells a type whose values travel as they are; every other type of PostgreSQL travels as its text.
func (c column) plain() bool {
	return slices.Contains([]string{"text", "bigint", "integer", "smallint", "boolean", "blob", "bytea", "real", "double precision"}, c.kind)
}

// selected is the list of expressions that read the table. In SQLite a sign before a column takes its declared type
// away, so that the driver gives what is stored and not what it thinks was meant.
func (t table) selected() []string {
	out := make([]string, len(t.columns))
	for i, c := range t.columns {
		switch {
		case t.sqlite:
			out[i] = "+" + quote(c.name)
		case c.plain():
			out[i] = quote(c.name)
		default:
			out[i] = quote(c.name) + "::text"
		}
	}
	return out
}

// only is the table with just the named columns, in their order.
func (t table) only(names []string) (table, error) {
	out := table{name: t.name, sqlite: t.sqlite}
	for _, n := range names {
		i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == n })
		if i < 0 {
			return out, record.Errorf(record.Invalid, "store.Restore", "the backup has a column %s.%s that this program does not know", t.name, n)
		}
		out.columns = append(out.columns, t.columns[i])
	}
	return out, nil
}

// insert is the statement that adds a number of rows.
func (t table) insert(rows int) string {
	var b strings.Builder
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = quote(c.name)
	}
	b.WriteString("INSERT INTO " + quote(t.name) + " (" + strings.Join(names, ", ") + ") VALUES ")
	n := 0
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		for i, c := range t.columns {
			n++
			b.WriteString([]string{"(", ","}[min(i, 1)])
			b.WriteString("$" + strconv.Itoa(n))
			if !t.sqlite && !c.plain() {
				b.WriteString("::text::" + c.kind)
			}
		}
		b.WriteByte(')')
	}
	return b.String()
}

// value is what a backup's JSON value is in this column.
func (c column) value(raw json.RawMessage) (any, error) {
	boolean := c.kind == "boolean"
	switch {
	case bytes.Equal(raw, []byte("null")):
		return nil, nil
	case raw[0] == '"':
		var s string
		return s, json.Unmarshal(raw, &s)
	case raw[0] == '{':
		var p packed
		return p.Bytes, json.Unmarshal(raw, &p)
	case bytes.Equal(raw, []byte("true")) || bytes.Equal(raw, []byte("false")):
		return raw[0] == 't', nil
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if boolean && err == nil {
		return n != 0, nil
	}
	if err != nil {
		return strconv.ParseFloat(string(raw), 64)
	}
	return n, nil
}

// quote makes a name safe in a statement. Names come from the database's own description and are checked against it.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// tables describes every table, each after those that its rows refer to.
func (tx *Tx) tables(ctx context.Context) ([]table, error) {
	queries := map[string][2]string{
		"sqlite": {
			`SELECT m.name, c.name, lower(c.type), FALSE FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c
			 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND c.hidden = 0 ORDER BY m.name, c.cid`,
			`SELECT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1, 2`,
		},
		"postgres": {
			`SELECT c.relname, a.attname, lower(format_type(a.atttypid, a.atttypmod)), COALESCE(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%'
			 FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
			 WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
			 ORDER BY c.relname, a.attnum`,
			`SELECT c.relname, r.relname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
			 WHERE f.contype = 'f' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2`,
		},
	}[tx.db.dialect.name]
	type field struct {
		table string
		column
	}
	fields, err := list(ctx, tx, "store.tables", func(s scanner) (f field, err error) {
		err = s.Scan(&f.table, &f.name, &f.kind, &f.counted)
		return
	}, queries[0])
	if err != nil {
		return nil, err
	}
	links, err := list(ctx, tx, "store.tables", func(s scanner) (l [2]string, err error) { err = s.Scan(&l[0], &l[1]); return }, queries[1])
	if err != nil {
		return nil, err
	}
	var all []table
	for _, f := range fields {
		if len(all) == 0 || all[len(all)-1].name != f.table {
			all = append(all, table{name: f.table, sqlite: tx.db.dialect.name == "sqlite"})
		}
		t := &all[len(all)-1]
		t.columns = append(t.columns, f.column)
	}
	for _, l := range links {
		if i := slices.IndexFunc(all, func(t table) bool { return t.name == l[0] }); i >= 0 && l[0] != l[1] {
			all[i].refers = append(all[i].refers, l[1])
		}
	}
	return inOrder(all)
}

// inOrder sorts tables so that each comes after those it refers to.
func inOrder(all []table) ([]table, error) {
	var out []table
	placed := map[string]bool{}
	for len(out) < len(all) {
		before := len(out)
		for _, t := range all {
			if !placed[t.name] && !slices.ContainsFunc(t.refers, func(r string) bool { return !placed[r] }) {
				placed[t.name] = true
				out = append(out, t)
			}
		}
		if len(out) == before {
			return nil, fmt.Errorf("store: tables refer to each other in a circle; a backup cannot order them")
		}
	}
	return out, nil
}

// advanceSequences sets every sequence behind the rows that were inserted with their numbers (PostgreSQL).
func (tx *Tx) advanceSequences(ctx context.Context, tables []table) error {
	for _, t := range tables {
		for _, c := range t.columns {
			if !c.counted || notBackedUp(t.name) {
				continue
			}
			if _, err := tx.exec(ctx, "store.Restore", `SELECT setval(pg_get_serial_sequence($1, $2), COALESCE((SELECT MAX(`+quote(c.name)+`) FROM `+quote(t.name)+`), 0) + 1, FALSE)`, quote(t.name), c.name); err != nil {
				return err
			}
		}
	}
	return nil
}
