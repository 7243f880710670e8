using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Properties.Support;

/// <summary>A token that is about to be absorbed.</summary>
/// <param name="Sequence">Its sequence.</param>
/// <param name="Position">Its position.</param>
/// <param name="Token">Its index in the run.</param>
/// <param name="Run">The sequence's tokens in the batch.</param>
internal readonly record struct Turn(int Sequence, int Position, int Token, int[] Run);

/// <summary>Names the state whose recurrent part a sequence takes up before a token; null for its own.</summary>
internal delegate SequenceState? Tamper(TamperedEngine engine, Turn turn);

/// <summary>
/// A plain engine, right but for the recurrent states that it takes up: one token after the other, and it remembers the state after
/// each, of sequences that are gone too.
/// </summary>
internal sealed class TamperedEngine(EngineOptions options, Tamper tamper) : IModelEngine
{
    private sealed record Kept(SequenceState State) : IStateSnapshot
    {
        public int NextPosition => State.NextPosition;
    }

    private readonly ReferenceModel<float> _model = new(options.Model.Config, options.Model.Weights);
    private readonly Dictionary<int, SequenceState> _live = [];
    private readonly Dictionary<(int Sequence, int Position), SequenceState> _past = [];

    public EngineInfo Info { get; } = new("tampered", options.Model.Config.Vocabulary)
    {
        Capabilities = new EngineCapabilities { Rollback = RollbackSupport.None },
    };

    public EngineCounters Counters => default;

    /// <summary>The state without tokens.</summary>
    public SequenceState Zero => _model.NewState();

    /// <summary>What a sequence held before it absorbed the token at a position.</summary>
    public SequenceState Past(int sequence, int position) => _past[(sequence, position)];

    /// <summary>What a sequence holds, with more tokens.</summary>
    public SequenceState With(int sequence, params int[] tokens)
    {
        SequenceState state = _live[sequence].Copy();
        _model.Forward(state, tokens);
        return state;
    }

    public void Decode(TokenBatch batch, Span<float> logits)
    {
        int vocabulary = Info.Vocabulary, row = 0;
        ILookup<int, int> runs = batch.Tokens.ToArray().ToLookup(token => token.Sequence, token => token.Token);
        var absorbed = new Dictionary<int, int>();
        foreach (BatchToken token in batch.Tokens)
        {
            int index = absorbed[token.Sequence] = absorbed.GetValueOrDefault(token.Sequence, -1) + 1;
            if (token.Position == 0) _live[token.Sequence] = Zero;
            SequenceState state = _live[token.Sequence];
            if (tamper(this, new Turn(token.Sequence, token.Position, index, [.. runs[token.Sequence]])) is { } other)
                TakeUp(other, state);
            float[] hidden = _model.Forward(state, [token.Token]);
            _past[(token.Sequence, state.NextPosition)] = state.Copy();
            if (token.Output) _model.Logits(hidden, logits.Slice(row++ * vocabulary, vocabulary));
        }
    }

    public int NextPosition(int sequence) => _live.GetValueOrDefault(sequence)?.NextPosition ?? 0;

    public int SlotOf(int sequence) => -1;

    public void Clear(int sequence) => _live.Remove(sequence);

    public void Copy(int source, int target) => _live[target] = _live[source].Copy();

    public IStateSnapshot Snapshot(int sequence) => new Kept(_live[sequence].Copy());

    public void Restore(int sequence, IStateSnapshot snapshot) => _live[sequence] = ((Kept)snapshot).State.Copy();

    public void Rollback(int sequence, int count) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private void TakeUp(SequenceState source, SequenceState target)
    {
        for (int layer = 0; layer < _model.Config.Layers; layer++)
        {
            if (target[layer] is not RecurrentState<float> state) continue;
            var other = (RecurrentState<float>)source[layer];
            other.Conv.CopyTo(state.Conv, 0);
            other.Delta.CopyTo(state.Delta, 0);
        }
    }
}

/// <summary>Makes tampered engines.</summary>
internal sealed class TamperedSource(Tamper tamper) : IEngineFactory
{
    public string Name => "tampered";

    public IModelEngine Create(EngineOptions options) => new TamperedEngine(options, tamper);
}
