// What spoke against a trial that was accepted all the same, in words; "" where nothing did. Notes of a trial hold it.

export function against(notes) {
  return (notes ?? []).filter((one) => one.startsWith("STOP: ")).map((one) => `accepted against a ${one}`).join("; ");
}
