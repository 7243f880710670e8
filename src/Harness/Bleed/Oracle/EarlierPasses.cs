using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// The passes of earlier rounds that a later round has the like of: what an engine compiled for them, it may use again. Each is
/// run once, with tokens that do not matter.
/// </summary>
/// <param name="layouts">The passes, in order.</param>
internal sealed class EarlierPasses(IReadOnlyList<PassLayout> layouts)
{
    /// <summary>Finds them.</summary>
    /// <param name="played">The later round.</param>
    /// <param name="slots">Slots of the server.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="cancellation">Ends it.</param>
    public static EarlierPasses Before(PlayedRound played, int slots, int vocabulary, CancellationToken cancellation)
    {
        HashSet<string> shapes = [.. Record([played], slots, vocabulary, cancellation).Select(layout => layout.Shape)];
        return new EarlierPasses(
            [.. Record(played.Earlier, slots, vocabulary, cancellation).Where(layout => shapes.Contains(layout.Shape))]);
    }

    /// <summary>Runs them, and frees all sequences.</summary>
    public void Run(IModelEngine engine, CancellationToken cancellation)
    {
        float[] logits = [];
        foreach (PassLayout layout in layouts)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach ((int sequence, _, bool starts) in layout.Rows)
                if (starts) engine.Clear(sequence);
                else if (engine.NextPosition(sequence) == 0) Decode([(sequence, 1, true)]);
            Decode(layout.Rows);
        }

        foreach (int sequence in layouts.SelectMany(layout => layout.Rows).Select(row => row.Sequence).Distinct()) engine.Clear(sequence);

        void Decode(IReadOnlyList<(int Sequence, int Tokens, bool Starts)> rows) => engine.Decode(
            new TokenBatch([.. rows.SelectMany(row => Enumerable.Range(engine.NextPosition(row.Sequence), row.Tokens)
                .Select(position => new BatchToken(0, row.Sequence, position, Output: false)))]),
            logits);
    }

    private static List<PassLayout> Record(
        IReadOnlyList<PlayedRound> rounds, int slots, int vocabulary, CancellationToken cancellation)
    {
        using var recorder = new PassRecorder(vocabulary);
        foreach (PlayedRound round in rounds)
            new RoundReplay(recorder, slots, round.Drafts, PassTiming.Usual).Play(round, null, 0, cancellation);
        return recorder.Layouts;
    }
}
