"""The REST layer in front of every API: decoding, negotiation, routing, rendering; and the socket door."""
