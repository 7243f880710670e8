using Gdn.Reference.Engines;
using Gdn.Reference.State;

namespace Gdn.Harness.Checks;

/// <summary>
/// A property of the form: the schedule changed like this leaves these rows as they are. Where both make the same calls of
/// the same shapes, they must be the same bits; else they agree within what rounding explains of either.
/// </summary>
/// <param name="name">Name in findings and replay files.</param>
/// <param name="note">What is compared, in words.</param>
/// <param name="isExact">Whether rows must agree bit for bit where the engine is reproducible.</param>
public abstract class VariantCheck(string name, string note, bool isExact = false) : IModelCheck
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public CheckOutcome Run(ModelCase @case, CancellationToken cancellation)
    {
        var comparison = new RowComparison(name, @case.Schedule, note);
        foreach (Variant variant in VariantsOf(@case))
        {
            if (variant.Pairs.Count == 0) continue;
            IReadOnlyList<LogitsRow> rows = @case.Rows(cancellation);
            IReadOnlyList<LogitsRow> others = @case.RowsOf(variant.Schedule, cancellation);
            EngineCapabilities declared = @case.Run(cancellation).Info.Capabilities;
            // Of arithmetic that nobody declares, equal calls are held to equal bits where the engine repeats itself at all.
            if (IsExact(declared)
                && (declared.DeclaresArithmetic || SameBits(variant, rows, others) || @case.RepeatsItself(cancellation)))
            {
                foreach ((int row, int other) in variant.Pairs)
                    comparison.AddExact(rows[row].Origin, others[other].Logits, rows[row].Logits);
                continue;
            }

            IReadOnlyList<OracleRow> oracle = @case.OracleRows(cancellation);
            // States kept in 16 bits are rounded where the schedule cuts sequences; nothing else depends on that.
            IReadOnlyList<OracleRow>? otherOracle = declared.States == StateFormat.F32
                ? null
                : @case.With(variant.Schedule).OracleRows(cancellation);
            double share = MeasuredNoise.Of(@case.Engine, @case.Model).MoveShare;
            foreach ((int row, int other) in variant.Pairs)
                comparison.AddWithin(oracle[row], rows[row], otherOracle?[other] ?? oracle[row], others[other].Logits, share);
        }

        return comparison.Outcome;
    }

    private static bool SameBits(Variant variant, IReadOnlyList<LogitsRow> rows, IReadOnlyList<LogitsRow> others) =>
        variant.Pairs.All(pair => RowComparison.SameBits(rows[pair.Row].Logits, others[pair.VariantRow].Logits));

    /// <summary>Whether the rows of an engine with these capabilities must be the same bits.</summary>
    internal virtual bool IsExact(EngineCapabilities capabilities) => isExact && capabilities.IsReproducible;

    /// <summary>The changed schedules; none where the check does not apply.</summary>
    internal abstract IEnumerable<Variant> VariantsOf(ModelCase @case);
}
