using System.Numerics;
using Gdn.Reference.Batches;
using Gdn.Reference.State;

namespace Gdn.Reference.Models;

/// <summary>
/// The reference for many sequences: each batch is decomposed, and every sequence runs on its own with its own state, so
/// that nothing can leak. Operations on states are those of the engines under test.
/// </summary>
public sealed class ReferenceEngine<T> where T : IFloatingPointIeee754<T>
{
    private readonly ReferenceModel<T> _model;
    private readonly BatchLimits _limits;
    private readonly int _planes;
    private readonly SlotMap _slots;
    private readonly bool _drafts;
    private readonly Dictionary<int, SequenceState> _states = [];

    // How far sequences have been drafted since the last operation on them.
    private readonly Dictionary<int, (DraftState<T> State, int Steps)> _drafted = [];

    /// <summary>Makes an engine without sequences.</summary>
    /// <param name="model">The model.</param>
    /// <param name="limits">What batches must keep to.</param>
    /// <param name="planes">P: up to P - 1 tokens can be rolled back.</param>
    /// <param name="drafts">Whether it drafts too, with the draft layers that the model has.</param>
    public ReferenceEngine(ReferenceModel<T> model, BatchLimits limits, int planes, bool drafts = false)
    {
        _drafts = drafts;
        _model = model;
        _limits = limits;
        _planes = planes;
        _slots = new SlotMap(limits.MaxSequences);
    }

    /// <summary>The position of the sequence's next token; 0 for one that does not exist.</summary>
    public int NextPosition(int sequence) =>
        _states.TryGetValue(sequence, out SequenceState? state) ? state.NextPosition : 0;

    /// <summary>How many tokens of the sequence can be taken back.</summary>
    public int RollbackLimit(int sequence) =>
        _states.TryGetValue(sequence, out SequenceState? state) ? state.RollbackLimit : 0;

    /// <summary>The slot that the sequence counts as, or -1.</summary>
    public int SlotOf(int sequence) => _slots.Find(sequence);

    /// <summary>Runs one batch.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="logits">Receives <c>[batch.OutputCount, V]</c>, rows in batch order.</param>
    /// <param name="routerMargins">Per batch token, as in <see cref="ReferenceModel{T}.Forward"/>; may be empty.</param>
    /// <exception cref="InputException">The batch is refused; no state has changed.</exception>
    public void Decode(TokenBatch batch, Span<T> logits, Span<T> routerMargins = default)
    {
        BatchValidator.Check(batch, _limits, NextPosition, _slots.FreeCount);
        int vocabulary = _model.Config.Vocabulary, embedding = _model.Config.Embedding;
        if (logits.Length != batch.OutputCount * vocabulary)
            throw new ArgumentException($"logits has {logits.Length} elements, expected [{batch.OutputCount}, {vocabulary}].");

        int[] outputRow = OutputRows(batch);
        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);
        foreach (SequenceSlice slice in decomposition.Slices)
        {
            ReadOnlySpan<int> members = decomposition.Order.Slice(slice.Start, slice.Count);
            var tokens = new int[slice.Count];
            for (int i = 0; i < tokens.Length; i++) tokens[i] = batch.Tokens[members[i]].Token;

            SequenceState state = StateOf(slice.Sequence);
            _drafted.Remove(slice.Sequence);
            if (slice.Resets) state.Clear();
            var margins = new T[slice.Count];
            T[] hidden = _model.Forward(state, tokens, margins);

            for (int i = 0; i < members.Length; i++)
            {
                if (!routerMargins.IsEmpty) routerMargins[members[i]] = margins[i];
                if (outputRow[members[i]] >= 0)
                    _model.Logits(
                        hidden.AsSpan(i * embedding, embedding),
                        logits.Slice(outputRow[members[i]] * vocabulary, vocabulary));
            }
        }
    }

    /// <summary>Drafts: <c>IDraftingEngine.Draft</c>.</summary>
    /// <param name="tokens">One token for each of some sequences.</param>
    /// <param name="logits">Receives what is expected after each: <c>[tokens, V]</c>.</param>
    /// <exception cref="InputException">A sequence does not exist, or is full.</exception>
    public void Draft(ReadOnlySpan<DraftToken> tokens, Span<T> logits)
    {
        int vocabulary = _model.Config.Vocabulary;
        BatchValidator.Check(tokens, _limits, sequence => NextPosition(sequence) + Drafted(sequence));
        if (logits.Length != tokens.Length * vocabulary)
            throw new ArgumentException($"logits has {logits.Length} elements, expected [{tokens.Length}, {vocabulary}].");
        for (int i = 0; i < tokens.Length; i++)
        {
            (int sequence, int token) = tokens[i];
            if (!_drafted.TryGetValue(sequence, out (DraftState<T> State, int Steps) ahead))
                ahead = ((DraftState<T>)_model.DraftStateOf(_states[sequence])!.Copy(), 0);
            _model.Draft(ahead.State, token, ahead.Steps, logits.Slice(i * vocabulary, vocabulary));
            _drafted[sequence] = (ahead.State, ahead.Steps + 1);
        }
    }

    /// <summary>Forgets the sequence.</summary>
    public void Clear(int sequence)
    {
        _drafted.Remove(sequence);
        _slots.Remove(sequence);
        _states.Remove(sequence);
    }

    /// <summary>Makes <paramref name="target"/> a copy of <paramref name="source"/>.</summary>
    public void Copy(int source, int target) => Restore(target, Snapshot(source));

    /// <summary>A copy of the sequence's state.</summary>
    /// <exception cref="InputException">The sequence does not exist.</exception>
    public SequenceState Snapshot(int sequence) => Existing(sequence).Copy();

    /// <summary>Sets the sequence, existing or not, to a copy of <paramref name="snapshot"/>.</summary>
    public void Restore(int sequence, SequenceState snapshot)
    {
        _slots.FindOrAdd(sequence);
        _drafted.Remove(sequence);
        _states[sequence] = snapshot.Copy();
    }

    /// <summary>Takes back the last <paramref name="count"/> tokens of the sequence.</summary>
    public void Rollback(int sequence, int count)
    {
        Existing(sequence).Rollback(count);
        _drafted.Remove(sequence);
    }

    private int Drafted(int sequence) => _drafted.GetValueOrDefault(sequence).Steps;

    private SequenceState Existing(int sequence) =>
        _states.TryGetValue(sequence, out SequenceState? state)
            ? state
            : throw new InputException($"sequence {sequence}", "it does not exist", "decode its first token first");

    private SequenceState StateOf(int sequence)
    {
        _slots.FindOrAdd(sequence);
        if (!_states.TryGetValue(sequence, out SequenceState? state))
            _states[sequence] = state = _model.NewState(_planes, _drafts);
        return state;
    }

    // Row of logits of each batch token, -1 where none is wanted.
    private static int[] OutputRows(TokenBatch batch)
    {
        var rows = new int[batch.Count];
        int next = 0;
        for (int i = 0; i < rows.Length; i++) rows[i] = batch.Tokens[i].Output ? next++ : -1;
        return rows;
    }
}
