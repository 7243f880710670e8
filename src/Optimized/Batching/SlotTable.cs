using Gdn.Reference;
using Gdn.Reference.Batches;

namespace Gdn.Optimized.Batching;

/// <summary>
/// Which slot each sequence occupies, and where it stands: the part of a state pool that needs no state. Taking tokens
/// back moves nothing, it only makes an older plane the live one.
/// </summary>
public sealed class SlotTable
{
    private readonly int _planes;
    private readonly int[] _position, _livePlane, _rollbackLimit, _drafted;

    /// <summary>Makes a table with every slot free.</summary>
    /// <param name="slots">Number of slots.</param>
    /// <param name="planes">P: states kept per slot after each run; up to P - 1 tokens can be taken back.</param>
    public SlotTable(int slots, int planes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(planes, 1);
        Map = new SlotMap(slots);
        _planes = planes;
        _position = new int[slots];
        _livePlane = new int[slots];
        _rollbackLimit = new int[slots];
        _drafted = new int[slots];
    }

    /// <summary>Sequences to slots.</summary>
    public SlotMap Map { get; }

    /// <summary>The plane of each slot that holds the present state: <c>[slots]</c>.</summary>
    public ReadOnlySpan<int> LivePlane => _livePlane;

    /// <summary>Position of the next token of the sequence on a slot.</summary>
    public int Position(int slot) => _position[slot];

    /// <summary>How many tokens of the sequence on a slot can be taken back.</summary>
    public int RollbackLimit(int slot) => _rollbackLimit[slot];

    /// <summary>How many tokens the sequence on a slot has been drafted ahead since it last changed.</summary>
    public int Drafted(int slot) => _drafted[slot];

    /// <summary>Says that it has been drafted one token further.</summary>
    public void Draft(int slot) => _drafted[slot]++;

    /// <summary>The position of a sequence's next token; 0 for one that does not exist.</summary>
    public int NextPosition(int sequence) => Map.Find(sequence) is int slot and >= 0 ? _position[slot] : 0;

    /// <summary>The slot of a sequence.</summary>
    /// <exception cref="InputException">The sequence does not exist.</exception>
    public int SlotOfExisting(int sequence) =>
        Map.Find(sequence) is int slot and >= 0
            ? slot
            : throw new InputException($"sequence {sequence}", "it does not exist", "decode its first token first");

    /// <summary>Says that a slot's present state is plane 0, at a position, with nothing to take back.</summary>
    public void Set(int slot, int position)
    {
        _position[slot] = position;
        _livePlane[slot] = _rollbackLimit[slot] = _drafted[slot] = 0;
    }

    /// <summary>Says that a run has carried a slot over more tokens and left its planes, newest first.</summary>
    public void Advance(int slot, int tokens)
    {
        _position[slot] += tokens;
        _livePlane[slot] = _drafted[slot] = 0;
        _rollbackLimit[slot] = Math.Min(_planes, tokens) - 1;
    }

    /// <summary>Takes back the last <paramref name="tokens"/> tokens of a slot.</summary>
    /// <exception cref="InputException">More than the planes of the last run allow, or negative.</exception>
    public void Rollback(int slot, int tokens)
    {
        int limit = _rollbackLimit[slot];
        if (tokens < 0 || tokens > limit)
            throw new InputException(
                "rollback", $"{tokens} tokens cannot be rolled back, at most {limit}",
                "roll back within the last batch, or keep more planes");
        _position[slot] -= tokens;
        _livePlane[slot] += tokens;
        _rollbackLimit[slot] -= tokens;
        _drafted[slot] = 0;
    }

    /// <summary>Gives up what could be taken back; the present state stays where it is.</summary>
    public void ForbidRollback(int slot) => _rollbackLimit[slot] = _drafted[slot] = 0;
}
