"""Invented exports, as nasty as real ones, with their right totals worked out by hand.

Every shop, person and number is invented. ``gross`` is what was sold before discounts, without
what was cancelled; ``refunds`` is what came back or was credited; ``net = gross - discount -
refunds``. ``orders`` and ``customers`` count those with a line that was not cancelled.
"""

# The rows of a table stand on lines of their own, however long.
# ruff: noqa: E501
from __future__ import annotations

import json
from dataclasses import dataclass, field

BOM = "\ufeff"


@dataclass(frozen=True)
class Case:
    """Files of a folder, the exports they are, and the right totals; None: not known."""

    files: dict[str, bytes]
    exports: set[str]
    orders: int | None = None
    customers: int | None = None
    gross: float | None = None
    discount: float | None = None
    refunds: float | None = None
    cost: float | None = None
    clicks: int | None = None
    impressions: int | None = None
    currency: str = ""
    timezone: str = ""
    shipping: float | None = None
    tax: float | None = None
    #: Rows set aside, by rule.
    rejected: dict[str, int] = field(default_factory=dict)
    #: Rows of the files left out, by the condition's name.
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def net(self) -> float | None:
        if self.gross is None:
            return None
        return round(self.gross - (self.discount or 0) - (self.refunds or 0), 2)


def table(rows: list[list[object]], delimiter: str = ",", end: str = "\r\n") -> str:
    """Rows as CSV, with quotes where a value needs them."""

    def cell(value: object) -> str:
        text = str(value)
        if any(sign in text for sign in (delimiter, '"', "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'
        return text

    return "".join(delimiter.join(map(cell, row)) + end for row in rows)


def records(header: str, rows: list[dict[str, object]], delimiter: str = ",") -> str:
    """Rows of a long header, of which most columns are blank."""
    names = header.split("|")
    return table([names, *([row.get(name, "") for name in names] for row in rows)], delimiter)


SHOPIFY = (
    "Name|Email|Financial Status|Paid at|Fulfillment Status|Fulfilled at|Accepts Marketing|Currency|"
    "Subtotal|Shipping|Taxes|Total|Discount Code|Discount Amount|Shipping Method|Created at|"
    "Lineitem quantity|Lineitem name|Lineitem price|Lineitem compare at price|Lineitem sku|"
    "Lineitem requires shipping|Lineitem taxable|Lineitem fulfillment status|Shipping Province|"
    "Shipping Country|Notes|Note Attributes|Cancelled at|Refunded Amount|Vendor|Id|Source|"
    "Lineitem discount|Tax 1 Name|Tax 1 Value|Phone"
)


def _order(
    name: str, mail: str, at: str, subtotal: float, discount: float, **more: object
) -> dict[str, object]:
    return {
        "Name": name, "Email": mail, "Created at": at, "Currency": "EUR", "Subtotal": f"{subtotal:.2f}",
        "Discount Amount": f"{discount:.2f}", "Financial Status": "paid", "Shipping": "0.00", "Taxes": "0.00",
        "Refunded Amount": "0.00", "Source": "web", "Shipping Country": "DE", "Lineitem discount": "0.00",
    } | more  # fmt: skip


def _line(name: str, sku: str, quantity: int, price: float) -> dict[str, object]:
    return {
        "Lineitem name": name, "Lineitem sku": sku, "Lineitem quantity": quantity,
        "Lineitem price": f"{price:.2f}", "Vendor": "Haus & Söhne", "Lineitem discount": "0.00",
    }  # fmt: skip


def shopify() -> Case:
    """Five orders that count and one that was cancelled.

    #1 3 x 10.00 + 1 x 3.33 = 33.33, 10.00 off: 10 x 30 / 33.33 = 9.00 and 1.00; shipping 4.90
    #2 3 x 5.00 = 15.00, 10.00 off: 3.33 + 3.34 + 3.33; 2.50 given back
    #3 cancelled, 100.00
    #4 20.00, shipping 5.00, all 25.00 given back: 20.00 of it for the goods
    #5 40.00; the code takes 5.90 off shipping, nothing off the goods
    #6 two equal lines of 7.50 = 15.00
    gross 33.33 + 15 + 20 + 40 + 15 = 123.33; discount 20.00; refunds 2.50 + 20.00 = 22.50;
    net 80.83. Customers: Anna (in two spellings), Bö, Cem; #5 is a guest.
    Shipping 4.90 + 0 + 5.00 + 5.90 + 0 = 15.80; taxes 5.32 of #1.
    """
    utm = 'UTM source: facebook\nUTM campaign: 777\nGift note: "für Oma, bitte"'
    rows: list[dict[str, object]] = [
        _order("#1", "anna@example.org", "2025-01-10 23:30:00 +0100", 23.33, 10, Shipping="4.90",
               Taxes="5.32", **{"Note Attributes": utm, "Fulfilled at": "2025-01-12 00:10:00 +0100"})
        | _line("Kerze, groß", "KZ-1", 3, 10),
        {"Name": "#1", **_line('Öl 8"', "", 1, 3.33)},
        _order("#2", "ANNA@example.org ", "2025-03-29 10:00:00 +0100", 5, 10,
               **{"Financial Status": "partially_refunded", "Refunded Amount": "2.50"})
        | _line("Tee A", "T-A", 1, 5),
        {"Name": "#2", **_line("Tee B", "T-B", 1, 5)},
        {"Name": "#2", **_line("Tee C", "T-C", 1, 5)},
        _order("#3", "bö@example.org", "2025-04-01 09:00:00 +0200", 100, 0,
               **{"Financial Status": "voided", "Cancelled at": "2025-04-01 10:00:00 +0200"})
        | _line("Lampe", "L-1", 1, 100),
        _order("#4", "bö@example.org", "2025-06-01 09:00:00 +0200", 20, 0, Shipping="5.00",
               **{"Financial Status": "refunded", "Refunded Amount": "25.00"})
        | _line("Decke", "D-1", 1, 20),
        _order("#5", "", "2025-07-01 00:30:00 +0200", 40, 5.90, Shipping="5.90",
               **{"Discount Code": "FREESHIP"})
        | _line("Vase", "V-1", 2, 20),
        _order("#6", "cem@example.org", "2025-07-02 12:00:00 +0200", 15, 0) | _line("Tasse", "T-1", 1, 7.5),
        {"Name": "#6", **_line("Tasse", "T-1", 1, 7.5)},
    ]  # fmt: skip
    return Case(
        {"bestellungen.csv": (BOM + records(SHOPIFY, rows)).encode()},
        {"shopify_orders"}, 5, 3, 123.33, 20.00, 22.50, currency="EUR", timezone="Europe/Berlin",
        shipping=15.80, tax=5.32,
    )  # fmt: skip


def woocommerce_lines() -> Case:
    """Advanced Order Export: 501 two lines, 502 refunded, 503 cancelled, 504 a line given back, 505 failed.

    501 2 x 10.00 + 1 x 5.50 = 25.50, shipping 3.00; 502 1 x 10.00, came back; 504 2 x 5.50 = 11.00
    gross 46.50; refunds 10.00; net 36.50. Customers x, z, y. 505 is left out as not paid.
    """
    header = (
        "Order Number|Order Status|Order Date|Email (Billing)|Country Code (Billing)|Order Currency|"
        "Order Shipping Amount|Order Total Tax Amount|SKU|Item #|Item Name|Quantity (- Refund)|Item Cost"
    )

    def row(
        number: int,
        status: str,
        mail: str,
        sku: str,
        item: int,
        pieces: int,
        price: str,
        ship: str = "0.00",
    ) -> dict[str, object]:
        values = (
            number,
            status,
            f"2025-03-0{number - 500} 10:05",
            mail,
            "AT",
            "EUR",
            ship,
            "0.00",
            sku,
            item,
            "Gewürz, scharf",
            pieces,
            price,
        )
        return dict(zip(header.split("|"), values, strict=True))

    rows = [
        row(501, "Completed", "x@example.org", "A", 1, 2, "10.00", "3.00"),
        row(501, "Completed", "x@example.org", "B", 2, 1, "5.50", "3.00"),
        row(502, "Refunded", "z@example.org", "A", 1, 1, "10.00"),
        row(503, "Cancelled", "z@example.org", "B", 1, 1, "5.50"),
        row(504, "Completed", "y@example.org", "A", 1, 0, "10.00"),
        row(504, "Completed", "y@example.org", "B", 2, 2, "5.50"),
        row(505, "Failed", "w@example.org", "B", 1, 9, "5.50"),
    ]
    text = records(header, rows, ";")
    return Case(
        {"orders-2025.csv": text.encode("cp1252")}, {"woocommerce_lines"},
        3, 3, 46.50, 0.0, 10.00, currency="EUR", shipping=3.00, left_out={"not_paid": 1},
    )  # fmt: skip


def woocommerce_packed() -> Case:
    """Customer / Order / Coupon Export: 601 has two lines, one with a coupon; 602 was cancelled.

    601 20.00 - 2.00 + 9.99, shipping 4.00, 3.00 given back; gross 29.99, discount 2.00, refunds
    3.00, net 24.99.
    """
    first = (
        "id:1|name:Blau; groß|product_id:11|sku:BL-1|quantity:2|subtotal:20.00|subtotal_tax:0.00|"
        "total:18.00|total_tax:0.00|refunded:0.00|meta:;"
        "id:2|name:Tee|product_id:12|sku:|quantity:1|subtotal:9.99|subtotal_tax:0.00|total:9.99"
    )
    second = "id:3|name:Tee|product_id:12|sku:|quantity:1|subtotal:9.99|total:9.99"
    rows: list[list[object]] = [
        ["order_id", "order_number", "order_date", "status", "shipping_total", "tax_total", "refunded_total",
         "order_currency", "customer_id", "billing_email", "billing_country", "line_items"],
        [9001, "601", "2025-05-01 08:00:00", "completed", "4.00", "0.00", "3.00", "GBP", 7, "q@example.org", "GB", first],
        [9002, "602", "2025-05-02 08:00:00", "cancelled", "0.00", "0.00", "0.00", "GBP", 0, "", "GB", second],
    ]  # fmt: skip
    return Case(
        {"orders.csv": table(rows).encode()}, {"woocommerce_packed"},
        1, 1, 29.99, 2.00, 3.00, currency="GBP", timezone="Europe/London", shipping=4.00,
    )  # fmt: skip


def woocommerce_columns() -> Case:
    """WebToffee's export: a column for each line. 5 x 7.00 - 3.50 off + 12.00; net 43.50."""
    rows: list[list[object]] = [
        ["order_id", "order_number", "order_date", "status", "order_currency", "customer_email", "line_item_1", "line_item_2"],
        [37, "37", "2025-01-15 06:29:00", "processing", "SEK", "ö@example.org",
         "name:Happy Ninja|product_id:37|sku:|quantity:5|total:31.50|sub_total:35.00",
         "name:Woo Logo|product_id:15|sku:WL|quantity:1|total:12.00|sub_total:12.00"],
        [38, "38", "2025-01-16 06:29:00", "failed", "SEK", "å@example.org",
         "name:Woo Logo|product_id:15|sku:WL|quantity:1|total:12.00|sub_total:12.00", ""],
    ]  # fmt: skip
    return Case(
        {"order_export.csv": table(rows).encode()}, {"woocommerce_packed"},
        1, 1, 47.00, 3.50, 0.0, currency="SEK", timezone="Europe/Stockholm", left_out={"not_paid": 1},
    )  # fmt: skip


def woocommerce_analytics() -> Case:
    """Analytics > Orders: 30.00 for three pieces, 12.50 that came back a week later; net 30.00."""
    rows: list[list[object]] = [
        ["Date", "Order #", "N. Revenue (formatted)", "Status", "Customer", "Customer type", "Product(s)",
         "Items sold", "Coupon(s)", "Net Sales", "Attribution"],
        ["2025-02-01 09:00:00", "701", "€30.00", "completed", "Ana Pé", "new", "2× Kerze, 1× Öl", 3, "", "30", "Direct"],
        ["2025-02-02 09:00:00", "702", "€12.50", "refunded", "Ana Pé", "returning", "1× Kerze", 1, "", "12.5", "Organic: Google"],
        ["2025-02-09 09:00:00", "702", "-€12.50", "refunded", "Ana Pé", "returning", "1× Kerze", 0, "", "-12.5", "Organic: Google"],
    ]  # fmt: skip
    return Case(
        {"wc-orders.csv": table(rows).encode()},
        {"woocommerce_analytics"},
        2,
        None,
        42.50,
        0.0,
        12.50,
    )


def amazon_orders() -> Case:
    """39.90 for two, 8.50 - 0.85, 30.00 for three, and 15.00 that came back.

    One line was cancelled; one is pending and has no price: it is set aside. gross 93.40,
    discount 0.85, refunds 15.00, net 77.55; tax 6.00 of the first line, shipping 4.99 of the last.
    """
    header = [
        "amazon-order-id",
        "merchant-order-id",
        "purchase-date",
        "last-updated-date",
        "order-status",
        "fulfillment-channel",
        "sales-channel",
        "order-channel",
        "ship-service-level",
        "product-name",
        "sku",
        "asin",
        "item-status",
        "quantity",
        "currency",
        "item-price",
        "item-tax",
        "shipping-price",
        "shipping-tax",
        "item-promotion-discount",
        "ship-state",
        "ship-country",
    ]

    def row(
        order: str, status: str, sku: str, quantity: object, price: str, **more: str
    ) -> list[object]:
        values: dict[str, object] = {
            "amazon-order-id": order, "purchase-date": "2025-03-02T10:01:00+00:00", "order-status": status,
            "sales-channel": "Amazon.de", "product-name": 'Regal 24" "Käse', "sku": sku, "item-status": status,
            "quantity": quantity, "currency": "EUR", "item-price": price, "ship-country": "DE",
        }  # fmt: skip
        values |= {name.replace("_", "-"): value for name, value in more.items()}
        return [values.get(name, "") for name in header]

    rows = [
        header,
        row("302-1", "Shipped", "SKU-1", 2, "39.90", item_tax="6.00"),
        row("302-2", "Shipped", "SKU-2", 1, "8.50", item_promotion_discount="0.85"),
        row("302-2", "Shipped", "SKU-3", 3, "30.00"),
        row("302-3", "Cancelled", "SKU-1", 0, ""),
        row("302-4", "Pending", "SKU-1", 1, ""),
        row("302-5", "Shipped - Returned to Seller", "SKU-2", 1, "15.00", shipping_price="4.99"),
    ]
    text = "".join("\t".join(map(str, one)) + "\r\n" for one in rows)
    return Case(
        {"123456.txt": text.encode("cp1252")}, {"amazon_orders"},
        3, None, 93.40, 0.85, 15.00, currency="EUR", timezone="Europe/Berlin",
        shipping=4.99, tax=6.00, rejected={"unit_price_missing": 1},
    )  # fmt: skip


def amazon_settlement() -> Case:
    """Two pieces for 25,00 with 1,50 off; later 10,00 of it given back, less 0,50 of the promotion.

    gross 25.00, discount 1.50, refunds 9.50, net 14.00; shipping 3.00, tax 2.00.
    """
    header = [
        "settlement-id",
        "settlement-start-date",
        "settlement-end-date",
        "deposit-date",
        "total-amount",
        "currency",
        "transaction-type",
        "order-id",
        "merchant-order-id",
        "adjustment-id",
        "shipment-id",
        "marketplace-name",
        "amount-type",
        "amount-description",
        "amount",
        "fulfillment-id",
        "posted-date",
        "posted-date-time",
        "order-item-code",
        "merchant-order-item-id",
        "merchant-adjustment-item-id",
        "sku",
        "quantity-purchased",
        "promotion-id",
    ]

    def row(
        kind: str,
        type_: str,
        what: str,
        amount: str,
        at: str = "13.10.2025 10:11:12 UTC",
        **more: object,
    ) -> list[object]:
        values: dict[str, object] = {
            "settlement-id": "9", "currency": "EUR", "transaction-type": kind, "order-id": "303-1",
            "marketplace-name": "Amazon.de", "amount-type": type_, "amount-description": what, "amount": amount,
            "posted-date-time": at, "order-item-code": "77", "sku": "SKU-1",
        } | more  # fmt: skip
        return [values.get(name, "") for name in header]

    back = "20.10.2025 08:00:00 UTC"
    rows = [
        header,
        [
            *[
                "9",
                "01.10.2025 00:00:00 UTC",
                "15.10.2025 00:00:00 UTC",
                "17.10.2025 00:00:00 UTC",
                "12,89",
                "EUR",
            ],
            *[""] * 18,
        ],
        row("Order", "ItemPrice", "Principal", "25,00", **{"quantity-purchased": 2}),
        row("Order", "ItemPrice", "Tax", "2,00"),
        row("Order", "ItemPrice", "Shipping", "3,00"),
        row("Order", "ItemFees", "Commission", "-4,05"),
        row("Order", "ItemFees", "FBAPerUnitFulfillmentFee", "-5,50"),
        row("Order", "Promotion", "Principal", "-1,50"),
        row("Refund", "ItemPrice", "Principal", "-10,00", back),
        row("Refund", "ItemFees", "RefundCommission", "-0,20", back),
        row("Refund", "Promotion", "Principal", "0,50", back),
        row(
            "other-transaction",
            "other-transaction",
            "Storage Fee",
            "-1.234,56",
            back,
            sku="",
            **{"order-id": ""},
        ),
    ]
    text = "".join("\t".join(map(str, one)) + "\n" for one in rows)
    return Case(
        {"settlement.txt": text.encode()}, {"amazon_settlement"},
        1, None, 25.00, 1.50, 9.50, currency="EUR", timezone="Europe/Berlin", shipping=3.00, tax=2.00, left_out={"settlement_total": 1},
    )  # fmt: skip


TAOBAO = ["订单编号", "买家会员名", "买家应付货款", "买家应付邮费", "买家实际支付金额", "订单状态", "收货地址",
          "订单创建时间", "宝贝标题", "物流公司", "宝贝总数量", "退款金额"]  # fmt: skip


def _taobao_orders() -> bytes:
    rows: list[list[object]] = [
        TAOBAO,
        ['="3300000000000000001"', "买家甲", "118.00", "10.00", "128.00", "交易成功", "浙江省 杭州市", "2025-03-01 08:10:00",
         "保温杯 500ml，茶叶罐", "顺丰", 3, "无退款申请"],
        ['="3300000000000000002"', "买家乙", "59.90", "0.00", "59.90", "交易关闭", "广东省 深圳市", "2025-03-01 23:50:00", "茶叶罐", "", 1, "59.90"],
        ['="3300000000000000003"', "买家丙", "256.00", "0.00", "256.00", "交易成功", "上海 上海市", "2025-04-02 09:00:00", "保温杯 500ml", "中通", 5, "56.00"],
        ['="3300000000000000004"', "买家丁", "40.00", "0.00", "0.00", "等待买家付款", "北京 北京市", "2025-04-02 09:30:00", "茶叶罐", "", 1, "无退款申请"],
    ]  # fmt: skip
    return table(rows).encode("gb18030")


def taobao_orders() -> Case:
    """The order report alone: 128.00 less 10.00 of postage, and 256.00 of which 56.00 came back.

    One was closed, one not paid (set aside, its price is 0). gross 374.00, refunds 56.00, net 318.00.
    """
    return Case(
        {"ExportOrderList2025.csv": _taobao_orders()}, {"taobao_orders"},
        2, 2, 374.00, 0.0, 56.00, currency="CNY", timezone="Asia/Shanghai", shipping=10.00,
        rejected={"unit_price_not_positive": 1},
    )  # fmt: skip


def taobao_lines() -> Case:
    """With the lines: 2 x 50 + 1 x 40 = 140 for 118 paid; 5 x 60 = 300 for 256.

    118 x 100 / 140 = 84.29 and 33.71: discounts 15.71 and 6.29, and 44.00. gross 440.00, discount
    66.00, refunds 56.00, net 318.00 as the orders alone say.
    """
    items: list[list[object]] = [
        ["订单编号", "标题", "价格", "购买数量", "外部系统编号", "商品属性", "套餐信息", "备注", "订单状态", "商家编码"],
        ['="3300000000000000001"', "保温杯 500ml", "50.00", 2, "", "颜色：白", "", "", "交易成功", "CUP-500"],
        ['="3300000000000000001"', "茶叶罐", "40.00", 1, "", "", "", "", "交易成功", ""],
        ['="3300000000000000002"', "茶叶罐", "40.00", 1, "", "", "", "", "交易关闭", ""],
        ['="3300000000000000003"', "保温杯 500ml", "60.00", 5, "", "颜色：黑", "", "", "交易成功", "CUP-500"],
    ]  # fmt: skip
    return Case(
        {"ExportOrderList2025.csv": _taobao_orders(), "ExportOrderDetailList2025.csv": table(items).encode("gb18030")},
        {"taobao_orders"},
        2, 2, 440.00, 66.00, 56.00, currency="CNY", timezone="Asia/Shanghai", shipping=10.00,
    )  # fmt: skip


def shopee() -> Case:
    """Indonesian: 2 x 125.000 + 1 x 50.000 with a voucher of 30.000; 3 x 20.000, one came back.

    30,000 x 250 / 300 = 25,000 and 5,000. One was cancelled, one never paid. gross 360,000,
    discount 30,000, refunds 20,000, net 310,000.
    """
    rows: list[list[object]] = [
        ["No. Pesanan", "Status Pesanan", "Waktu Pesanan Dibuat", "SKU Induk", "Nama Produk", "Nomor Referensi SKU",
         "Nama Variasi", "Harga Awal", "Harga Setelah Diskon", "Jumlah", "Returned quantity",
         "Voucher Ditanggung Penjual", "Username (Pembeli)", "Provinsi"],
        ["2501S1", "Selesai", "2025-01-31 23:10", "", "Kopi, bubuk", "KP-1", "250g", "150.000", "125.000", 2, 0, "30.000", "budi", "BALI"],
        ["2501S1", "Selesai", "2025-01-31 23:10", "GL-1", "Gula", "", "", "50.000", "50.000", 1, 0, "30.000", "budi", "BALI"],
        ["2501S2", "Batal", "2025-02-01 08:00", "", "Kopi, bubuk", "KP-1", "250g", "75.000", "75.000", 1, 0, "0", "ani", "ACEH"],
        ["2501S3", "Selesai", "2025-02-02 08:00", "", "Teh", "", "celup", "20.000", "20.000", 3, 1, "0", "ani", "ACEH"],
        ["2501S4", "Belum Bayar", "2025-02-02 09:00", "", "Teh", "", "celup", "20.000", "20.000", 7, 0, "0", "siti", "ACEH"],
    ]  # fmt: skip
    return Case(
        {"Order.all.20250101_20250131.csv": table(rows).encode()}, {"shopee_orders"},
        2, 2, 360_000, 30_000, 20_000, currency="IDR", timezone="Asia/Jakarta", left_out={"not_paid": 1},
    )  # fmt: skip


def lazada() -> Case:
    """Three pieces of 6.00, one of them 1.00 less; one was cancelled, one of 9.50 came back.

    gross 27.50, discount 1.00, refunds 9.50, net 17.00; shipping 1.50.
    """
    header = ["orderItemId", "lazadaId", "sellerSku", "lazadaSku", "createTime", "orderNumber", "customerName",
              "customerEmail", "paidPrice", "unitPrice", "sellerDiscountTotal", "shippingFee", "itemName", "status",
              "deliveredDate", "shippingProvider", "trackingCode", "buyerFailedDeliveryReason"]  # fmt: skip

    def row(
        item: int, order: str, price: str, discount: str, status: str, ship: str = "0"
    ) -> list[object]:
        return [item, "1", "TOWEL", "1_MY-2", "13 Mar 2025 10:05", order, "Tan Ah Kow", f"{order}@example.org",
                price, price, discount, ship, "Towel; soft", status, "15 Mar 2025 12:00", "LEX", f"T{order}", ""]  # fmt: skip

    rows = [
        header,
        row(900, "71", "6.00", "0", "delivered", "1.50"),
        row(901, "71", "6.00", "-1.00", "delivered"),
        row(902, "71", "6.00", "0", "shipped"),
        row(903, "72", "6.00", "0", "canceled"),
        row(904, "73", "9.50", "0", "returned"),
    ]
    return Case(
        {"lazada.csv": table(rows, ";").encode()}, {"lazada_orders"},
        2, 2, 27.50, 1.00, 9.50, shipping=1.50,
    )  # fmt: skip


def magento() -> Case:
    """Three ordered of which one was cancelled, at 10.00; two at 4.50 with 0.90 off, one came back.

    gross 20 + 9 = 29.00, discount 0.90, refunds 4.50 - 0.45 = 4.05, net 24.05. One order was
    cancelled, one never paid.
    """
    header = ["Order Number", "Order Date", "Order Status", "Order Shipping", "Customer Email", "Shipping Country",
              "Order Item Increment", "Item Name", "Item Status", "Item SKU", "Item Price", "Item Qty Ordered",
              "Item Qty Canceled", "Item Qty Refunded", "Item Tax", "Item Discount", "Item Total"]  # fmt: skip

    def row(
        order: str,
        status: str,
        line: int,
        sku: str,
        price: str,
        of: tuple[int, int, int],
        off: str = "0.0000",
    ) -> list[object]:
        ordered, cancelled, refunded = of
        return [order, "Apr 14, 2025 5:54:11 PM", status, "0.0000", "M@example.org", "US", line, 'Lens 50mm, "prime"', "Mixed",
                sku, price, f"{ordered}.0000", f"{cancelled}.0000", f"{refunded}.0000", "0.0000", off, ""]  # fmt: skip

    rows = [
        header,
        row("100000001", "complete", 1, "A", "10.0000", (3, 1, 0)),
        row("100000001", "complete", 2, "B", "4.5000", (2, 0, 1), "0.9000"),
        row("100000002", "canceled", 1, "A", "10.0000", (1, 1, 0)),
        row("100000003", "pending_payment", 1, "A", "10.0000", (5, 0, 0)),
    ]
    return Case(
        {"order_export.csv": table(rows).encode()},
        {"magento_orders"},
        1,
        1,
        29.00,
        0.90,
        4.05,
        left_out={"not_paid": 1},
    )


def google_ads() -> Case:
    """German, UTF-16 and tabs: 1.234,56 + 0,44 + 10,00 = 1,245.00; two totals are left out."""
    rows: list[list[object]] = [
        ["Kampagnenbericht"],
        ["1. Januar 2025 - 31. Januar 2025"],
        ["Tag", "Kampagnenstatus", "Kampagne", "Währungscode", "Kosten", "Impr.", "Klicks", "Conversions", "Conv.-Wert"],
        ["2025-01-01", "Aktiviert", "Marke", "EUR", "1.234,56", "12.951", "331", "2,00", "80,50"],
        ["2025-01-03", "Aktiviert", "Marke", "EUR", "0,44", "49", "0", "0,00", "0,00"],
        ["2025-01-03", "Aktiviert", "Größe; lang", "EUR", "10,00", "1.000", "5", "0,00", "0,00"],
        ["Gesamt: Kampagnen", "--", "--", "EUR", "1.245,00", "14.000", "336", "2,00", "80,50"],
        ["Gesamt: Konto", "--", "--", "EUR", "1.245,00", "14.000", "336", "2,00", "80,50"],
    ]  # fmt: skip
    return Case(
        {"Kampagnenbericht.csv": table(rows, "\t", "\n").encode("utf-16")}, {"google_ads"},
        cost=1245.00, clicks=336, impressions=14_000, currency="EUR", left_out={"totals": 2},
    )  # fmt: skip


def meta_ads() -> Case:
    """Ads below campaigns: 5.10 + 6.20 + 7.30 = 18.60 on two days; the total has no campaign."""
    rows: list[list[object]] = [
        ["Campaign ID", "Campaign name", "Ad name", "Day", "Reporting starts", "Reporting ends",
         "Amount spent (EUR)", "Impressions", "Link clicks", "Purchases"],
        ["", "", "", "", "2025-01-01", "2025-01-31", "18.60", "3300", "14", "1"],
        ["777", "Spring, 1", "a", "2025-01-01", "2025-01-01", "2025-01-01", "5.10", "1000", "10", "1"],
        ["777", "Spring, 1", "b", "2025-01-01", "2025-01-01", "2025-01-01", "6.20", "2000", "", ""],
        ["778", "Été", "a", "2025-01-05", "2025-01-05", "2025-01-05", "7.30", "300", "4", ""],
    ]  # fmt: skip
    return Case(
        {"Ads.csv": (BOM + table(rows, end="\n")).encode()}, {"meta_ads"},
        cost=18.60, clicks=14, impressions=3300, currency="EUR", left_out={"totals": 1},
    )  # fmt: skip


def tiktok_ads() -> Case:
    """12.00 + 8.25 = 20.25; the total stands at the end."""
    rows: list[list[object]] = [
        ["Campaign name", "Campaign ID", "By Day", "Currency", "Cost", "Impressions", "Clicks (destination)", "Conversions"],
        ["Dance, now", "1800000000000001", "2025-02-01", "GBP", "12.00", "4,000", "40", "3"],
        ["Dance, now", "1800000000000001", "2025-02-02", "GBP", "8.25", "1,500", "9", "0"],
        ["Total of 2 results", "-", "-", "GBP", "20.25", "5,500", "49", "3"],
    ]  # fmt: skip
    return Case(
        {"tiktok.csv": table(rows).encode()}, {"tiktok_ads"},
        cost=20.25, clicks=49, impressions=5_500, currency="GBP", left_out={"totals": 1},
    )  # fmt: skip


CASES = {
    made.__name__: made()
    for made in (
        *(
            shopify,
            woocommerce_lines,
            woocommerce_packed,
            woocommerce_columns,
            woocommerce_analytics,
        ),
        *(amazon_orders, amazon_settlement, taobao_orders, taobao_lines, shopee, lazada, magento),
        *(google_ads, meta_ads, tiktok_ads),
    )
}


def ga4_campaigns() -> dict[str, bytes]:
    """Three purchases worth 99.00 of two campaigns; what came by no campaign is left out."""
    lines = [
        "# ----------------------------------------", "# Free form 1", "# 20250101-20250102",
        "# ----------------------------------------", "",
        "Date,Session campaign,Sessions,Ecommerce purchases,Total revenue",
        "Totals,,60,4,129.00", "20250101,summer,20,2,60.00", "20250102,summer,10,0,0",
        "20250102,(direct),20,1,30.00", '20250102,"winter, late",10,1,39.00',
    ]  # fmt: skip
    return {"free-form.csv": ("\n".join(lines) + "\n").encode()}


def ga4_events() -> dict[str, bytes]:
    """Three events of two people, one of whom is logged in."""
    rows = [
        {"event_date": "20250101", "event_timestamp": 1735732800000000, "event_name": "page_view", "user_pseudo_id": "1.2"},
        {"event_date": "20250101", "event_timestamp": 1735732860500000, "event_name": "add_to_cart", "user_pseudo_id": "1.2", "user_id": "c9"},
        {"event_date": "20250101", "event_timestamp": 1735740000000000, "event_name": "page_view", "user_pseudo_id": "3.4"},
    ]  # fmt: skip
    return {"events_20250101.jsonl": "".join(json.dumps(row) + "\n" for row in rows).encode()}


def olist() -> dict[str, bytes]:
    """Two people in three orders (one in two): 10.00 + 10.00 + 29.90 = 49.90; one was cancelled."""
    files: dict[str, list[list[object]]] = {
        "olist_orders_dataset.csv": [
            ["order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_approved_at",
             "order_delivered_carrier_date", "order_delivered_customer_date", "order_estimated_delivery_date"],
            ["o1", "k1", "delivered", "2018-01-05 23:30:00", "", "2018-01-07 10:00:00", "2018-01-12 10:00:00", "2018-01-20 00:00:00"],
            ["o2", "k2", "shipped", "2018-02-05 10:00:00", "", "2018-02-07 10:00:00", "", "2018-02-20 00:00:00"],
            ["o3", "k3", "canceled", "2018-02-06 10:00:00", "", "", "", "2018-02-20 00:00:00"],
        ],
        "olist_order_items_dataset.csv": [
            ["order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value"],
            ["o1", 1, "p1", "s1", "", "10.00", "2.50"], ["o1", 2, "p1", "s1", "", "10.00", "2.50"],
            ["o2", 1, "p2", "s2", "", "29.90", "5.00"], ["o3", 1, "p2", "s2", "", "29.90", "5.00"],
        ],
        "olist_customers_dataset.csv": [
            ["customer_id", "customer_unique_id", "customer_zip_code_prefix", "customer_city", "customer_state"],
            ["k1", "u1", "1", "são paulo", "SP"], ["k2", "u1", "1", "são paulo", "SP"], ["k3", "u2", "2", "rio", "RJ"],
        ],
        "olist_products_dataset.csv": [
            ["product_id", "product_category_name", "product_name_lenght", "product_description_lenght", "product_photos_qty"],
            ["p1", "beleza_saude", 40, 287, 1], ["p2", "", 44, 276, 2],
        ],
        "product_category_name_translation.csv": [
            ["product_category_name", "product_category_name_english"], ["beleza_saude", "health_beauty"],
        ],
        "olist_order_payments_dataset.csv": [
            ["order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value"],
            ["o1", 1, "credit_card", 8, "25.00"],
        ],
    }  # fmt: skip
    return {name: table(rows).encode() for name, rows in files.items()}
