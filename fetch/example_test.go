package fetch_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/openlaurel/laurel/fetch"
)

func ExampleHTTP_Fetch() {
	_, err := fetch.NewHTTP(nil).Fetch(context.Background(), "https://169.254.169.254/latest/meta-data/", fetch.AcceptProfile)
	var failed *fetch.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Reason)
	}
	// Output: forbidden
}

func ExampleStatic_Over() {
	known := fetch.Static{"https://school.example/.well-known/did.json": []byte(`{}`)}
	f := known.Over(fetch.Never)
	resp, err := f.Fetch(context.Background(), "https://school.example/.well-known/did.json", fetch.AcceptDID)
	fmt.Println(string(resp.Body), err)
	_, err = f.Fetch(context.Background(), "https://school.example/status/1", fetch.AcceptStatusList)
	fmt.Println(err)
	// Output:
	// {} <nil>
	// fetch: https://school.example/status/1: offline
}
