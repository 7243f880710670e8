namespace Gdn.Reference.Batches;

/// <summary>
/// Which state slot each live sequence occupies. A free list, lowest slot first: ids of sequences say nothing about
/// slots, so any number of sequences may come and go.
/// </summary>
public sealed class SlotMap
{
    private const int Free = -1;
    private readonly int[] _sequences;

    /// <summary>Makes a map with every slot free.</summary>
    public SlotMap(int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        _sequences = new int[slots];
        Array.Fill(_sequences, Free);
        FreeCount = slots;
    }

    private SlotMap(SlotMap other) => (_sequences, FreeCount) = ([.. other._sequences], other.FreeCount);

    /// <summary>Number of slots.</summary>
    public int Count => _sequences.Length;

    /// <summary>Number of slots that no sequence occupies.</summary>
    public int FreeCount { get; private set; }

    /// <summary>An independent copy.</summary>
    public SlotMap Clone() => new(this);

    /// <summary>The slot of a sequence, or -1 when it has none.</summary>
    public int Find(int sequence) => Array.IndexOf(_sequences, sequence);

    /// <summary>The slot of a sequence; a new one takes the lowest free slot.</summary>
    /// <exception cref="InputException">Every slot is taken.</exception>
    public int FindOrAdd(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        int slot = Find(sequence);
        if (slot >= 0) return slot;
        slot = Find(Free);
        if (slot < 0)
            throw new InputException(
                $"sequence {sequence}", $"all {Count} slots are taken", "clear a sequence first or raise the number of slots");
        _sequences[slot] = sequence;
        FreeCount--;
        return slot;
    }

    /// <summary>Frees the slot of a sequence and returns it, or -1 when it had none.</summary>
    public int Remove(int sequence)
    {
        int slot = sequence < 0 ? Free : Find(sequence);
        if (slot >= 0)
        {
            _sequences[slot] = Free;
            FreeCount++;
        }

        return slot;
    }
}
