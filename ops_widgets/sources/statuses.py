"""What shops call the states of an order."""

from __future__ import annotations

#: Status of the contract -> what the words for it in an export begin with.
_WORDS = {
    "cancelled": (
        "cancel",
        "void",
        "stornier",
        "anul",
        "cancelad",
        "取消",
        "关闭",
        "交易关闭",
        "expired",
    ),
    "returned": ("return", "refund", "retour", "devuel", "退货", "退款", "erstattet"),
    "completed": (
        *("complet", "ship", "paid", "deliver", "fulfil", "process", "closed", "done", "sent"),
        *("success", "bezahlt", "versandt", "abgeschlossen", "entregado", "enviado"),
        *("交易成功", "已完成"),
    ),
}


def status_of(word: str) -> str:
    """The contract's word for a status in an export; empty where none is known."""
    plain = word.strip().casefold()
    return next((name for name, starts in _WORDS.items() if plain.startswith(starts)), "")
