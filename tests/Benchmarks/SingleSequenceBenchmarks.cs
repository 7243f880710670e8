using BenchmarkDotNet.Attributes;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Layers;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cpu.Routing;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;

namespace Gdn.Benchmarks;

/// <summary>
/// What one sequence pays for the API of many: the conv and the delta rule of a linear layer as a batch of one sequence
/// passes through them, on its slot among eight, beside the same two kernels called on the same memory. Both in one process, or
/// where memory happens to lie would make more of a difference than what is compared.
/// </summary>
[InProcess]
[MemoryDiagnoser]
public class SingleSequenceBenchmarks
{
    private const int Slots = 8, Sequence = 3;
    private const float Epsilon = 1e-6f;
    private static readonly DeltaNetConfig Linear = new(
        KeyHeads: 16, ValueHeads: 32, HeadDim: 128, ConvWidth: 4, HeadMap.Tiled);

    private readonly Workers _workers = new(threads: 1);
    private readonly Scratch _scratch = new();
    private HostStates _states = null!;
    private SlotTable _slots = null!;
    private RoutingPolicy _policy = null!;
    private int[] _outputRows = [];
    private RunLayout _layout = null!;
    private InPlaceRoute _route = null!;
    private DeltaNetHeads _heads = null!;
    private RotaryTable _rotary = null!;
    private TokenBatch _batch = null!;
    private float[] _taps = [], _qkv = [], _decay = [], _beta = [], _output = [];

    [Params(1, 512)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var rope = new Rope(Dimensions: 0, Base: 1, Sections: []);
        var model = new ModelConfig(
            Architecture.Qwen35, Embedding: 1, Vocabulary: 1, MaxPositions: Tokens, Epsilon, RecurrentLayers: [true],
            Linear, new AttentionConfig(1, 1, 1, 1, rope, Gated: false), Experts: null, DraftLayers: 0);
        _states = new HostStates(new CpuOptions
        {
            Engine = new EngineOptions
            {
                // The benchmark brings its own weights.
                Model = new EngineModel("benchmark", model, path: null, () => null!),
                Slots = Slots,
                MaxBatchTokens = Tokens,
                MaxPositions = Tokens,
            },
        });
        (_slots, _policy) = (new SlotTable(Slots, planes: 1), new RoutingPolicy());
        for (int sequence = 0; sequence < Slots; sequence++) _slots.Map.FindOrAdd(sequence);
        (_layout, _route, _rotary) = (new RunLayout(Slots, Tokens), new InPlaceRoute(_states, planes: 1), new RotaryTable(rope));
        _outputRows = [.. Enumerable.Repeat(-1, Tokens)];
        _batch = new TokenBatch(Enumerable.Range(0, Tokens).Select(t => new BatchToken(0, Sequence, t, Output: false)));

        _taps = Noise.Gaussian(1, Linear.ConvWidth * Linear.ConvChannels);
        _qkv = Noise.Gaussian(2, Tokens * Linear.ConvChannels);
        _heads = new DeltaNetHeads(Linear, _taps, Epsilon, index: 0, share: 0, new PlaneScan());
        (_decay, _beta) = (new float[Tokens * Linear.ValueHeads], new float[Tokens * Linear.ValueHeads]);
        _decay.AsSpan().Fill(0.99f);
        _beta.AsSpan().Fill(0.5f);
        _output = new float[Tokens * Linear.ValueLength];

        Batched();
        float[] batched = _output;
        _output = new float[batched.Length];
        _states.Zero(_slots.SlotOfExisting(Sequence));
        Bare();
        if (!_output.AsSpan().SequenceEqual(batched)) throw new InvalidOperationException("not the same bits");
    }

    [GlobalCleanup]
    public void CleanUp() => _workers.Dispose();

    [Benchmark(Baseline = true)]
    public void Bare()
    {
        int channels = Linear.ConvChannels, keyLength = Linear.KeyLength;
        _scratch.Release();
        Span<float> mixed = _scratch.Take(Tokens * channels);
        RecurrentStore store = _states.Store(0);
        Span<float> windows = store.Conv.InPlace(Sequence), states = store.Delta.InPlace(Sequence);
        CausalConvKernel.Run(
            new ConvShape(channels, Linear.HeadDim, UnitChannels: 2 * keyLength, Epsilon), _qkv, _taps,
            _layout.ConvSeqMap, windows, planes: 1, source: 0, mixed, _workers);
        CausalConvKernel.Advance(channels, _qkv, [0, Tokens], windows, planes: 1, source: 0);
        var input = new DeltaScanInput
        {
            Q = mixed,
            K = mixed[keyLength..],
            V = mixed[(2 * keyLength)..],
            Decay = _decay,
            Beta = _beta,
            KeyStride = channels,
            ValueStride = channels,
        };
        DeltaScan.Run(
            new DeltaRuleShape(Tokens, Linear.KeyHeads, Linear.ValueHeads, Linear.HeadDim, Linear.HeadDim),
            sequences: 1, Linear.HeadMap, input, states, planes: 1, source: 0, _output, _workers);
    }

    [Benchmark]
    public void Batched()
    {
        SequenceDecomposition decomposition = SequenceDecomposition.Of(_batch);
        SequenceSlice slice = decomposition.Slices[0];
        _layout.Set(
            _batch, decomposition.Order, _outputRows,
            [new RunSequence(Sequence, _slots.SlotOfExisting(Sequence), slice.FirstPosition, slice.Count)]);
        _layout.Route(_policy, _slots, planes: 1, ring: null);
        _route.Set(_layout.Routes[0]);
        _scratch.Release();
        _heads.Run(new RunContext(_layout, _rotary, _scratch, _workers), _route, _qkv, _decay, _beta, _output);
    }
}
