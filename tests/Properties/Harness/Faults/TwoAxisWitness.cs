namespace Gdn.Properties.Harness.Faults;

/// <summary>
/// Three schedules for a two-axis fault: the first two lack one of its axes each and differ from the third in that alone.
/// </summary>
/// <param name="Id">The fault.</param>
/// <param name="WithoutFirst">Lacks the first of <see cref="Gdn.Harness.Faults.Fault.Axes"/>.</param>
/// <param name="WithoutSecond">Lacks the second.</param>
/// <param name="Both">Has both.</param>
internal sealed record TwoAxisWitness(string Id, Script WithoutFirst, Script WithoutSecond, Script Both)
{
    /// <summary>Whether the first axis is a model in which a linear layer stands behind an attention layer.</summary>
    public bool NeedsLayerBehindAttention { get; init; }

    /// <summary>One for each fault.</summary>
    public static IReadOnlyList<TwoAxisWitness> All { get; } = [.. InRouting, .. InStates, .. InLayers];

    private static IEnumerable<TwoAxisWitness> InRouting =>
    [
        new(
            "longest-draft-plane",
            Two(4).Decode((0, 4), (1, 4)).RollBack(1, 1).Decode((0, 1), (1, 1)),
            Two(4).Decode((0, 4), (1, 2)).Decode((0, 1), (1, 1)),
            Two(4).Decode((0, 4), (1, 2)).RollBack(1, 1).Decode((0, 1), (1, 1))),
        new(
            "verify-skips-reset",
            Two(4).Restart(1).Decode((0, 1), (1, 2)),
            Two(4).Decode((0, 3), (1, 2)),
            Two(4).Restart(1).Decode((0, 3), (1, 2))),
        new(
            "full-batch-identity",
            Started(3, 1).Decode((0, 12), (1, 1)),
            Started(3, 1).Decode((0, 1), (1, 1), (2, 1)),
            Started(3, 1).Decode((0, 12), (1, 1), (2, 1))),
        new(
            "verify-token-at-tip",
            Two(4).Decode((0, 3), (1, 3)).RollBack(1, 2).Decode((0, 1), (1, 1)),
            Two(4).Decode((0, 3), (1, 3)).Decode((0, 2), (1, 1)),
            Two(4).Decode((0, 3), (1, 3)).RollBack(1, 2).Decode((0, 2), (1, 1))),
        new(
            "last-row-out-of-key",
            Two(4).Decode((0, 1), (1, 3)).RollBack(1, 1).Decode((1, 1)),
            Two(4).Decode((0, 1), (1, 1)).Decode((0, 1), (1, 3)).Decode((1, 1)),
            Two(4).Decode((0, 1), (1, 1)).Decode((0, 1), (1, 3)).RollBack(1, 1).Decode((1, 1))),
        new(
            "seven-reset-bits",
            Started(8, 1).Restart(7).DecodeEach(Enumerable.Range(1, 7), 1),
            Started(8, 1).Restart(3).DecodeEach(Enumerable.Range(0, 8), 1),
            Started(8, 1).Restart(7).DecodeEach(Enumerable.Range(0, 8), 1)),
        new(
            "no-planes-beyond-512",
            new Script(1, 4).Decode((0, 499)).Decode((0, 12)).RollBack(0, 1).Decode((0, 1)),
            new Script(1, 4).Decode((0, 499)).Decode((0, 12)).Decode((0, 3)).Decode((0, 1)),
            new Script(1, 4).Decode((0, 499)).Decode((0, 12)).Decode((0, 3)).RollBack(0, 1).Decode((0, 1))),
        new(
            "block-start-is-start",
            new Script(2, 1).Decode((0, 63)).Decode((0, 1), (1, 12)),
            new Script(2, 1).Decode((0, 64)).Decode((0, 1), (1, 1)),
            new Script(2, 1).Decode((0, 64)).Decode((0, 1), (1, 12))),
        new(
            "window-of-deepest-rejection",
            Two(4).Decode((0, 4), (1, 4)).RollBack(0, 2).RollBack(1, 2).Decode((0, 1), (1, 1)),
            Two(4).Decode((0, 4), (1, 4)).RollBack(0, 1).RollBack(1, 3).Decode((0, 1)).Decode((1, 1)),
            Two(4).Decode((0, 4), (1, 4)).RollBack(0, 1).RollBack(1, 3).Decode((0, 1), (1, 1))),
    ];

    private static IEnumerable<TwoAxisWitness> InStates =>
    [
        new(
            "release-swaps-plane",
            Started(3, 4).Clear(0).Decode((2, 1)),
            Started(3, 4).RollBack(2, 1).Decode((2, 1)),
            Started(3, 4).RollBack(2, 1).Clear(0).Decode((2, 1))),
        new(
            "three-bit-plane",
            new Script(1, 8).Decode((0, 4)).Decode((0, 9)).RollBack(0, 7).Decode((0, 1)),
            new Script(1, 9).Decode((0, 4)).Decode((0, 9)).RollBack(0, 7).Decode((0, 1)),
            new Script(1, 9).Decode((0, 4)).Decode((0, 9)).RollBack(0, 8).Decode((0, 1))),
        new(
            "rollback-stops-at-checkpoint",
            new Script(1, 4).Decode((0, 50)).Decode((0, 4)).RollBack(0, 3).Decode((0, 1)),
            new Script(1, 4).Decode((0, 62)).Decode((0, 4)).RollBack(0, 1).Decode((0, 1)),
            new Script(1, 4).Decode((0, 62)).Decode((0, 4)).RollBack(0, 3).Decode((0, 1))),
        new(
            "checkpoint-of-row-zero",
            new Script(2, 1).Decode((0, 245), (1, 3)).Decode((0, 10), (1, 1)).Decode((0, 1)),
            new Script(2, 1).Decode((0, 246), (1, 3)).Decode((0, 10)).Decode((0, 1)),
            new Script(2, 1).Decode((0, 246), (1, 3)).Decode((0, 10), (1, 1)).Decode((0, 1))),
        new(
            "tip-beside-prompt",
            Two(4).Decode((0, 3), (1, 3)).RollBack(0, 2).Snapshot(0).Restore(0).Decode((0, 1)),
            Two(4).Decode((0, 3), (1, 12)).RollBack(0, 2).Decode((0, 1)),
            Two(4).Decode((0, 3), (1, 12)).RollBack(0, 2).Snapshot(0).Restore(0).Decode((0, 1))),
        new(
            "snapshot-of-four-planes",
            new Script(2, 4).Decode((0, 4)).Decode((0, 6)).RollBack(0, 3).Copy(0, 1).Decode((1, 1)),
            new Script(2, 5).Decode((0, 4)).Decode((0, 6)).RollBack(0, 4).Decode((0, 1)),
            new Script(2, 5).Decode((0, 4)).Decode((0, 6)).RollBack(0, 4).Copy(0, 1).Decode((1, 1))),
        new(
            "planes-modulo-four",
            Started(4, 4).DecodeEach([0, 1, 2, 3], 3).RollBack(0, 1).Decode((0, 1)),
            Started(5, 4).DecodeEach([0, 1, 2, 3, 4], 3).Decode((0, 1)),
            Started(5, 4).DecodeEach([0, 1, 2, 3, 4], 3).RollBack(0, 1).Decode((0, 1))),
        new(
            "checkpoint-evicts-when-full",
            new Script(2, 1).Decode((0, 100), (1, 5)).Decode((0, 10), (1, 1)).Decode((1, 1)),
            new Script(3, 1).Decode((0, 120), (1, 5)).Decode((0, 10), (1, 1)).Decode((1, 1)),
            new Script(2, 1).Decode((0, 120), (1, 5)).Decode((0, 10), (1, 1)).Decode((1, 1))),
        new(
            "restore-flushes-planes",
            Two(4).Snapshot(1).Decode((0, 3), (1, 1)).Restore(1).Decode((0, 1)),
            Two(4).Snapshot(1).Decode((0, 3), (1, 1)).RollBack(0, 2).Restore(1).Decode((0, 1)),
            Two(4).Snapshot(1).Decode((0, 3), (1, 1)).Restore(1).RollBack(0, 2).Decode((0, 1))),
        new(
            "keeps-block-of-target",
            new Script(2, 1).Decode((0, 70)).Copy(0, 1).Decode((1, 1)),
            new Script(2, 1).Decode((0, 60), (1, 60)).Copy(0, 1).Decode((1, 1)),
            new Script(2, 1).Decode((0, 70), (1, 70)).Copy(0, 1).Decode((1, 1))),
    ];

    private static IEnumerable<TwoAxisWitness> InLayers =>
    [
        new(
            "row-map-of-attention",
            Two(1).Decode((0, 1), (1, 4)),
            Two(1).Decode((0, 1), (1, 1)),
            Two(1).Decode((0, 1), (1, 4)))
        {
            NeedsLayerBehindAttention = true,
        },
        new(
            "planes-until-attention",
            new Script(1, 4).Decode((0, 4)).Decode((0, 3)).RollBack(0, 1).Decode((0, 1)),
            new Script(1, 4).Decode((0, 4)).Decode((0, 3)).Decode((0, 1)),
            new Script(1, 4).Decode((0, 4)).Decode((0, 3)).RollBack(0, 1).Decode((0, 1)))
        {
            NeedsLayerBehindAttention = true,
        },
    ];

    private static Script Two(int planes) => Started(2, planes);

    // Every slot has a sequence, of four tokens.
    private static Script Started(int slots, int planes) => new Script(slots, planes).DecodeEach(Enumerable.Range(0, slots), 4);
}
