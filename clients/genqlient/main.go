package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/Khan/genqlient/graphql"
)

//go:generate go run github.com/Khan/genqlient

func main() {
	client := graphql.NewClient(os.Getenv("GRAPH"), http.DefaultClient)
	name := fmt.Sprintf("go%d", time.Now().UnixNano()%1_000_000_000)
	input := RegisterInput{UserName: name, Email: name + "@example.com", Password: "correct horse battery"}
	found, err := Register(context.Background(), client, input)
	if err != nil {
		fmt.Println("FAIL a mutation:", err)
		return
	}
	if payload, ok := (*found.Register).(*RegisterRegisterRegisterPayload); ok {
		fmt.Println("ok a mutation, narrowed to its payload", payload.Typename != nil)
		return
	}
	fmt.Printf("FAIL a mutation: %+v\n", *found.Register)
}
