using System.Globalization;

namespace Gdn.Harness.Throughput;

/// <summary>What is timed as one: some sequences read a prompt each, side by side, and then answer.</summary>
/// <param name="Slots">np: sequences that the engine is made for.</param>
/// <param name="Active">The sequences at work, ascending. Those between them exist, and stand idle.</param>
/// <param name="Depth">N_KV: tokens that each of them holds before.</param>
/// <param name="Prompt">PP: tokens that each then reads.</param>
/// <param name="Answer">TG: tokens that each then answers.</param>
public sealed record Workload(int Slots, IReadOnlyList<int> Active, int Depth, int Prompt, int Answer)
{
    /// <summary>Tokens of a sequence in the end.</summary>
    public long Positions => (long)Depth + Prompt + Answer;

    /// <summary>Sequences that exist: the active ones, and those between them.</summary>
    public int Resident => Active[^1] + 1;

    /// <summary>Whether sequences stand idle between the active ones.</summary>
    public bool HasGaps => Active.Count < Resident;

    /// <summary>The sequences in words: <c>4</c>, <c>1 of 4</c> for a part of the slots, <c>{0,2} of 4</c> with gaps.</summary>
    public string Sequences
    {
        get
        {
            string active = HasGaps
                ? $"{{{string.Join(',', Active)}}}"
                : Active.Count.ToString(CultureInfo.InvariantCulture);
            return Active.Count == Slots ? active : string.Create(CultureInfo.InvariantCulture, $"{active} of {Slots}");
        }
    }

    /// <inheritdoc/>
    public bool Equals(Workload? other) => other is not null
        && (Slots, Depth, Prompt, Answer) == (other.Slots, other.Depth, other.Prompt, other.Answer)
        && Active.SequenceEqual(other.Active);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Slots, Active.Count, Active[^1], Depth, Prompt, Answer);
}
