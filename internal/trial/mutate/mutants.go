package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
)

// mutant is a file with one change.
type mutant struct {
	file, where, what string
	source            []byte
}

// swaps are the operators that a change puts in the place of others: the neighbour of a bound, and the opposite.
var swaps = map[token.Token][]token.Token{
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.ADD: {token.SUB}, token.SUB: {token.ADD}, token.MUL: {token.QUO}, token.QUO: {token.MUL},
}

// mutants makes every change of a file: an operator for another, a condition that never holds (the check is gone), a
// constant that is turned, and a "not" that is left out.
func mutants(file string) (all []mutant, err error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	change := func(from, to token.Pos, text string) {
		a, b := files.Position(from), files.Position(to)
		was := bytes.Join(bytes.Fields(source[a.Offset:b.Offset]), []byte(" "))
		all = append(all, mutant{file: file, where: fmt.Sprintf("%s:%d:%d", file, a.Line, a.Column), what: fmt.Sprintf("%q becomes %q", was, text),
			source: append(append(append([]byte{}, source[:a.Offset]...), text...), source[b.Offset:]...)})
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			for _, op := range swaps[n.Op] {
				change(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), op.String())
			}
		case *ast.IfStmt:
			// The condition stays in the text, so that what it names is still used.
			cond := string(source[files.Position(n.Cond.Pos()).Offset:files.Position(n.Cond.End()).Offset])
			change(n.Cond.Pos(), n.Cond.End(), "false && ("+cond+")")
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				change(n.OpPos, n.OpPos+1, "")
			}
		case *ast.Ident:
			switch n.Name {
			case "true":
				change(n.Pos(), n.End(), "false")
			case "false":
				change(n.Pos(), n.End(), "true")
			}
		}
		return true
	})
	return all, nil
}
