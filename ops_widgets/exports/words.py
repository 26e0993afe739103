"""What people call the columns of the contract, in their own files."""

from __future__ import annotations

import re

#: Column of the contract -> names for it, one word apart from another by a blank.
NAMES: dict[str, tuple[str, ...]] = {
    "order_id": (
        *(
            "order",
            "order number",
            "order no",
            "order nr",
            "invoice",
            "invoice no",
            "invoice number",
        ),
        *(
            "receipt",
            "receipt no",
            "transaction id",
            "basket id",
            "bestellnummer",
            "auftragsnummer",
        ),
        *("pedido", "numero de pedido", "commande", "订单号", "订单编号", "注文番号"),
    ),
    "line_id": ("line", "line number", "line no", "item id", "order item id", "position", "row id"),
    "ordered_at": (
        *(
            "order date",
            "date",
            "created at",
            "created",
            "purchase date",
            "order time",
            "timestamp",
        ),
        *(
            "invoice date",
            "datetime",
            "sold at",
            "transaction date",
            "time",
            "bestelldatum",
            "datum",
        ),
        *("fecha", "fecha de pedido", "date de commande", "下单时间", "订单创建时间", "注文日"),
    ),
    "customer_id": (
        *("customer", "customer no", "customer number", "client id", "client", "user id", "user"),
        *(
            "buyer",
            "buyer id",
            "email",
            "customer email",
            "member id",
            "household id",
            "kundennummer",
        ),
        *("kunde", "cliente", "id cliente", "client no", "买家会员名", "会员", "顧客番号"),
    ),
    "product_id": (
        *(
            "product",
            "sku",
            "item",
            "item sku",
            "product sku",
            "stock code",
            "article",
            "article no",
        ),
        *(
            "asin",
            "item no",
            "product code",
            "product number",
            "artikelnummer",
            "artikel",
            "producto",
        ),
        *("produit", "referencia", "reference", "商品编号", "商品编码", "商品番号"),
    ),
    "quantity": (
        "qty",
        "pieces",
        "units",
        "count",
        "menge",
        "anzahl",
        "cantidad",
        "quantite",
        "数量",
    ),
    "unit_price": (
        *("price", "item price", "unit cost price", "sale price", "selling price", "preis"),
        *("einzelpreis", "stuckpreis", "precio", "prix", "prix unitaire", "单价", "价格", "単価"),
    ),
    "discount": ("discount amount", "rebate", "rabatt", "descuento", "remise", "优惠", "折扣"),
    "unit_cost": ("cost price", "purchase price", "cogs", "einkaufspreis", "ek", "coste", "成本"),
    "channel": ("source", "medium", "sales channel", "platform", "kanal", "canal", "渠道", "来源"),
    "campaign_id": ("campaign", "campaign name", "utm campaign", "kampagne", "campana", "campagne"),
    "status": ("order status", "state of order", "bestellstatus", "estado", "statut", "订单状态"),
    "currency": ("currency code", "wahrung", "moneda", "devise", "币种"),
    "name": ("title", "product name", "item name", "description", "bezeichnung", "nombre", "nom"),
    "category": (
        "product category",
        "department",
        "kategorie",
        "categoria",
        "categorie",
        "类目",
        "品类",
    ),
    "brand": ("vendor", "manufacturer", "marke", "hersteller", "marca", "marque", "品牌"),
    "seller_id": ("seller", "merchant", "supplier", "store", "shop"),
    "list_price": ("regular price", "msrp", "rrp", "compare at price", "uvp"),
    "occurred_at": ("event time", "time", "timestamp", "event timestamp", "created at", "date"),
    "event": ("event name", "event type", "action", "behavior", "behaviour", "行为"),
    "session_id": ("session", "visit id", "visit"),
    "day": ("date", "tag", "dia", "jour", "日期", "reporting starts", "week", "week start"),
    "impressions": ("impr", "views", "impressionen", "impresiones", "展现量", "曝光"),
    "clicks": ("link clicks", "klicks", "clics", "点击", "点击量"),
    "cost": ("spend", "amount spent", "kosten", "coste", "gasto", "depense", "花费", "消耗"),
    "conversions": ("purchases", "results", "orders", "转化"),
    "conversion_value": ("conv value", "purchase value", "revenue", "purchases conversion value"),
    "starts_on": ("start", "start date", "from", "begins", "starts", "begin"),
    "ends_on": ("end", "end date", "to", "until", "ends"),
    "month": ("period", "monat", "mes", "mois", "月份", "date"),
    "gmv": ("sales", "revenue", "turnover", "market value", "value", "umsatz", "ventas", "销售额"),
    "units": ("pieces", "volume", "quantity", "销量"),
    "region": ("state", "country", "province", "bundesland", "land", "provincia", "省份"),
    "on_hand": ("stock", "inventory", "qty on hand", "bestand", "stock level", "库存"),
    "promised_on": ("required date", "estimated delivery", "due date", "promised date"),
    "shipped_on": ("shipped date", "ship date", "dispatched", "versanddatum"),
    "delivered_on": ("delivered date", "delivery date", "received", "lieferdatum"),
    "carrier": ("shipper", "ship via", "ship mode", "courier", "物流公司"),
    "shipping_charged": ("shipping", "freight", "postage", "versandkosten", "运费"),
    "arm": ("group", "variant", "treatment", "segment", "test group"),
    "converted": ("conversion", "purchased", "bought", "visit"),
    "assigned_at": ("assigned", "exposed at"),
    "metric": ("kpi", "measure"),
    "text": ("decision", "note", "what"),
}


def folded(name: str) -> str:
    """A name as it is compared: its words in small letters, one blank apart.

    >>> folded("OrderNo."), folded("customer_ID ")
    ('order no', 'customer id')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.strip())
    return " ".join(re.findall(r"[^\W_]+", apart.casefold()))
