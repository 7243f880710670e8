using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cpu.Routing;
using Gdn.Reference;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>Linear layers on the host: several sequences through gathered rows, one alone directly on its slot.</summary>
internal sealed class HostLinearLayers : ILinearLayers
{
    private readonly ModelConfig _config;
    private readonly HostStates _states;
    private readonly InPlaceRoute _inPlace;
    private readonly GatheredRoute _gathered;

    /// <summary>Makes the layers, their states zero.</summary>
    /// <param name="options">Model, slots, planes, format.</param>
    /// <param name="headShares">Shares to which heads are dealt.</param>
    /// <exception cref="InputException">
    /// Heads are too large, or dealt to more shares than there are key heads, or a ring is to hold states in 16 bits.
    /// </exception>
    public HostLinearLayers(BatchedOptions options, int headShares)
    {
        _config = options.Engine.Model.Config;
        if (_config.DeltaNet is { HeadDim: > DeltaScan.MaxKeyDim } linear)
            throw new InputException(
                "model", $"heads of linear layers have {linear.HeadDim} entries",
                $"use a model with at most {DeltaScan.MaxKeyDim}");
        if (options.RingLength > 0 && options.StateFormat != StateFormat.F32)
            throw new InputException(
                "engine", $"a ring with states in {options.StateFormat}", "keep the states of a ring in single precision");
        _states = new HostStates(options, headShares);
        _inPlace = new InPlaceRoute(_states, options.Engine.Planes);
        _gathered = new GatheredRoute(_states);
        Current = _inPlace;
        Scan = options.Ring is null ? new PlaneScan() : new RingStateScan(_states, options.Routing);
        // States in 16 bits have to be widened first.
        RunsInPlace = options.StateFormat == StateFormat.F32;
    }

    /// <inheritdoc/>
    public IRecurrentStates States => _states;

    /// <inheritdoc/>
    public bool RunsInPlace { get; }

    /// <summary>Carries S over the tokens of a pass.</summary>
    public IStateScan Scan { get; }

    /// <summary>How the pass reaches its states.</summary>
    public IStateRoute Current { get; private set; }

    /// <summary>What batched passes have copied so far.</summary>
    public CopyCounters Copies => _gathered.Copies;

    /// <inheritdoc/>
    public IBlock Block(int index, DeltaNetWeights<float> weights) =>
        new DeltaNetBlock(_config.DeltaNet!, weights, (float)_config.NormEpsilon, index, this, _states.Shares);

    /// <inheritdoc/>
    public void Route(RunLayout layout, BatchPlan? plan)
    {
        if (plan is null)
        {
            _inPlace.Set(layout.Routes[0]);
            Current = _inPlace;
            return;
        }

        _gathered.Set(plan, layout);
        Current = _gathered;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
