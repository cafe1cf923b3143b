package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/bufbuild/protocompile"
	"github.com/hamba/avro/v2"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// The order event of reference/libraries.md 3.4 in three languages: a record in
// a record, five items with decimals and tags, a map, a union of three
// branches, an enum. Avro takes some 700 bytes, Protobuf the same, JSON 1.2 KB.
const (
	eventAvro = `{"type":"record","name":"OrderPlaced","namespace":"shop","fields":[
 {"name":"event_id","type":"string"},
 {"name":"occurred_at","type":{"type":"long","logicalType":"timestamp-millis"}},
 {"name":"status","type":{"type":"enum","name":"Status","symbols":["NEW","PAID","SHIPPED","CANCELLED"]}},
 {"name":"customer","type":{"type":"record","name":"Customer","fields":[
  {"name":"id","type":"long"},{"name":"name","type":"string"},{"name":"email","type":"string"},{"name":"newsletter","type":"boolean"}]}},
 {"name":"items","type":{"type":"array","items":{"type":"record","name":"Item","fields":[
  {"name":"sku","type":"string"},{"name":"title","type":"string"},{"name":"quantity","type":"int"},
  {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},
  {"name":"tags","type":{"type":"array","items":"string"}}]}}},
 {"name":"attributes","type":{"type":"map","values":"string"}},
 {"name":"payment","type":["null",
  {"type":"record","name":"Card","fields":[{"name":"token","type":"string"},{"name":"expires","type":"int"}]},
  {"type":"record","name":"Voucher","fields":[{"name":"code","type":"string"}]}]},
 {"name":"weight","type":"double"}]}`
	eventProtobuf = `syntax = "proto3";
package shop;
message OrderPlaced {
  string event_id = 1; int64 occurred_at = 2; Status status = 3; Customer customer = 4; repeated Item items = 5;
  map<string, string> attributes = 6; oneof payment { Card card = 7; Voucher voucher = 8; bool invoice = 9; } double weight = 10;
  message Customer { int64 id = 1; string name = 2; string email = 3; bool newsletter = 4; }
  message Item { string sku = 1; string title = 2; int32 quantity = 3; string price = 4; repeated string tags = 5; }
  message Card { string token = 1; int32 expires = 2; }
  message Voucher { string code = 1; }
}
enum Status { NEW = 0; PAID = 1; SHIPPED = 2; CANCELLED = 3; }
`
	eventJSON = `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",
 "required":["event_id","occurred_at","status","customer","items","attributes","weight"],"additionalProperties":false,
 "properties":{
  "event_id":{"type":"string","minLength":36,"maxLength":36,"pattern":"^[0-9a-f-]+$"},
  "occurred_at":{"type":"integer","minimum":0},
  "status":{"enum":["NEW","PAID","SHIPPED","CANCELLED"]},
  "customer":{"$ref":"#/definitions/customer"},
  "items":{"type":"array","minItems":1,"maxItems":500,"items":{"$ref":"#/definitions/item"}},
  "attributes":{"type":"object","additionalProperties":{"type":"string","maxLength":256}},
  "payment":{"oneOf":[{"type":"null"},
   {"type":"object","required":["token","expires"],"additionalProperties":false,"properties":{"token":{"type":"string"},"expires":{"type":"integer"}}},
   {"type":"object","required":["code"],"additionalProperties":false,"properties":{"code":{"type":"string"}}}]},
  "weight":{"type":"number","exclusiveMinimum":0}},
 "definitions":{
  "customer":{"type":"object","required":["id","name","email"],"properties":{
   "id":{"type":"integer"},"name":{"type":"string","minLength":1},"email":{"type":"string","pattern":"@"},"newsletter":{"type":"boolean"}}},
  "item":{"type":"object","required":["sku","title","quantity","price"],"additionalProperties":false,"properties":{
   "sku":{"type":"string","pattern":"^SKU-"},"title":{"type":"string"},"quantity":{"type":"integer","minimum":1,"maximum":10000},
   "price":{"type":"string","pattern":"^[0-9]+\\.[0-9]{2}$"},"tags":{"type":"array","uniqueItems":true,"items":{"type":"string"}}}}}}`
)

// event is the payload, as each language has it.
type event struct{ avro, protobuf, json []byte }

type item struct {
	SKU      string   `json:"sku"`
	Title    string   `json:"title"`
	Quantity int      `json:"quantity"`
	Price    string   `json:"price"`
	Tags     []string `json:"tags"`
}

var items = [...]item{
	{"SKU-00001234-red", "Enamel coffee pot, 1.2 litres", 1, "34.90", []string{"kitchen", "enamel", "fragile"}},
	{"SKU-00005678-xl", "Linen shirt with a band collar", 2, "59.00", []string{"clothing", "linen", "summer"}},
	{"SKU-00009012-05", "Beeswax candles, a box of twelve", 3, "18.50", []string{"home", "candles"}},
	{"SKU-00003456-bk", "Notebook, dotted, 240 pages, A5", 10, "9.95", []string{"paper", "office", "gift"}},
	{"SKU-00007890-oak", "Oak chopping board, oiled", 1, "42.00", []string{"kitchen", "wood"}},
}

func newEvent() (event, error) {
	attributes := map[string]string{"channel": "web", "campaign": "autumn-2026", "locale": "de-DE", "warehouse": "leipzig-2", "device": "tablet", "referrer": "https://shop.example/autumn/kitchen?page=2", "affiliate": "partner-0042-north", "experiment": "checkout-b"}
	const id = "4f9c1f8e-0d5b-4f43-9a1b-6f1f7f2f8a55"
	customer := map[string]any{"id": int64(184467440737), "name": "Johanna Weißenfels", "email": "johanna.weissenfels@example.org", "newsletter": true}
	order := map[string]any{
		"event_id": id, "occurred_at": int64(1_795_000_000_000), "status": "PAID", "customer": customer, "items": items,
		"attributes": attributes, "payment": map[string]any{"token": "tok_5f2a9c71d3e84b06a1c2", "expires": 202811}, "weight": 4.75,
	}
	var e event
	var err error
	if e.json, err = json.Marshal(order); err != nil {
		return event{}, err
	}
	if e.protobuf, err = eventAsProtobuf(order); err != nil {
		return event{}, err
	}
	e.avro, err = eventAsAvro(order)
	return e, err
}

func eventAsAvro(order map[string]any) ([]byte, error) {
	schema, err := avro.ParseWithCache(eventAvro, "", &avro.SchemaCache{})
	if err != nil {
		return nil, err
	}
	var list []any
	for _, i := range items {
		list = append(list, map[string]any{"sku": i.SKU, "title": i.Title, "quantity": i.Quantity, "price": []byte{0x0d, 0xa2}, "tags": i.Tags})
	}
	written := make(map[string]any, len(order))
	for name, value := range order {
		written[name] = value
	}
	written["items"] = list
	written["occurred_at"] = time.UnixMilli(order["occurred_at"].(int64))
	written["payment"] = map[string]any{"shop.Card": order["payment"]}
	return avro.Config{}.Freeze().Marshal(schema, written)
}

// eventMessage is the compiled message of eventProtobuf.
func eventMessage() (protoreflect.MessageDescriptor, error) {
	c := protocompile.Compiler{Resolver: &protocompile.SourceResolver{
		Accessor: protocompile.SourceAccessorFromMap(map[string]string{"event.proto": eventProtobuf}),
	}}
	files, err := c.Compile(context.Background(), "event.proto")
	if err != nil {
		return nil, err
	}
	return files[0].Messages().Get(0), nil
}

func eventAsProtobuf(order map[string]any) ([]byte, error) {
	desc, err := eventMessage()
	if err != nil {
		return nil, err
	}
	written := make(map[string]any, len(order))
	for name, value := range order {
		written[name] = value
	}
	delete(written, "payment")
	written["card"] = order["payment"]
	text, err := json.Marshal(written)
	if err != nil {
		return nil, err
	}
	m := dynamicpb.NewMessage(desc)
	if err := protojson.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("the event as Protobuf: %w", err)
	}
	return proto.Marshal(m)
}
